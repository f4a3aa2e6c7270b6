using System.Buffers.Binary;

namespace Culvert.Analysis;

/// <summary>Tells apart what is carried by Ethernet without IP.</summary>
internal static class LinkProtocols
{
    public static Recognition Recognize(in Frame frame) => frame.EtherType switch
    {
        FrameDecoder.EtherTypeArp => new(ProtocolId.Arp, Role.Peer),
        0x88CC => new(ProtocolId.Lldp, Role.Publisher),
        0x88B8 when frame.LinkPayload.Length > 8 => new(ProtocolId.Goose, Role.Publisher),
        0x88BA when frame.LinkPayload.Length > 8 => new(ProtocolId.SampledValues, Role.Publisher),
        0x88A4 when frame.LinkPayload.Length > 2 => new(ProtocolId.EtherCat, frame.SourceMac.IsLocal ? Role.Server : Role.Client),
        0x88F7 => new(ProtocolId.Ptp, Role.Peer),
        0x9000 => new(ProtocolId.Loop, Role.Peer),
        0x8892 => Profinet(frame.LinkPayload),
        0 => Llc(frame.LinkPayload),
        _ => default,
    };

    // Frame ids: IEC 61158-6-10, table "FrameID range"; DCP's service type tells a request from an answer.
    private static Recognition Profinet(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 4)
        {
            return default;
        }

        return BinaryPrimitives.ReadUInt16BigEndian(payload) switch
        {
            >= 0xFEFC and <= 0xFEFF => new(ProtocolId.ProfinetDcp, payload[3] == 0 ? Role.Client : Role.Server),
            0xFC01 or 0xFE01 => new(ProtocolId.ProfinetAlarm, Role.Peer),
            <= 0x00FF or (>= 0xFF00 and <= 0xFF7F) => new(ProtocolId.ProfinetPtcp, Role.Peer),
            // From 0xFF80 on: fragments of a cyclic frame.
            (>= 0x0100 and <= 0xFBFF) or (>= 0xFF80 and <= 0xFF8F) => new(ProtocolId.ProfinetRt, Role.Publisher),
            _ => default,
        };
    }

    private static Recognition Llc(ReadOnlySpan<byte> payload) => payload switch
    {
        [0x42, 0x42, 0x03, ..] => new(ProtocolId.Stp, Role.Peer),
        [0xAA, 0xAA, 0x03, 0x00, 0x00, 0x0C, var high, var low, ..] => ((high << 8) | low) switch
        {
            0x2000 => new(ProtocolId.Cdp, Role.Publisher),
            0x2003 => new(ProtocolId.Vtp, Role.Peer),
            0x2004 => new(ProtocolId.Dtp, Role.Peer),
            0x0111 => new(ProtocolId.Udld, Role.Peer),
            0x010B => new(ProtocolId.Stp, Role.Peer),
            _ => default,
        },
        _ => default,
    };
}
