using System.Buffers.Binary;

namespace Culvert.Analysis;

/// <summary>Takes a frame apart over spans. Any bytes at all may come in; what does not fit is malformed, and nothing is read past the end.</summary>
internal static class FrameDecoder
{
    public const ushort EtherTypeIPv4 = 0x0800;
    public const ushort EtherTypeArp = 0x0806;
    public const ushort EtherTypeIPv6 = 0x86DD;
    private const int MaxVlanTags = 4;
    private const int MaxExtensionHeaders = 8;

    /// <summary>False when the frame is malformed below its transport; what was found until then is in the frame.</summary>
    public static bool TryDecode(LinkType linkType, ReadOnlySpan<byte> data, ref Frame frame)
    {
        var known = Outer(linkType, data, ref frame);
        for (var depth = 0; known && frame.IpProtocol == Decapsulation.Gre && !frame.LaterFragment && depth < Decapsulation.MaxDepth
            && Decapsulation.TryFindMirrored(frame.Payload, out var inner, out var vlan); depth++)
        {
            // The outer addresses are the switch's and ours: nothing of the plant.
            frame = new Frame { Ticks = frame.Ticks, WireLength = Math.Max(inner.Length, frame.WireLength - (data.Length - inner.Length)), Vlan = vlan };
            known = Ethernet(inner, ref frame);
        }

        return known;
    }

    private static bool Outer(LinkType linkType, ReadOnlySpan<byte> data, ref Frame frame)
    {
        frame.Vlan = -1;
        return linkType switch
        {
            LinkType.Ethernet => Ethernet(data, ref frame),
            LinkType.LinuxSll => data.Length >= 16 && Cooked(data, data[6..], BinaryPrimitives.ReadUInt16BigEndian(data[4..]), BinaryPrimitives.ReadUInt16BigEndian(data[14..]), data[16..], ref frame),
            LinkType.LinuxSll2 => data.Length >= 20 && Cooked(data, data[12..], data[11], BinaryPrimitives.ReadUInt16BigEndian(data), data[20..], ref frame),
            LinkType.Null or LinkType.Loop => data.Length >= 4 && Raw(data[4..], ref frame),
            LinkType.Raw or LinkType.RawOld or LinkType.RawOpenBsd or LinkType.IPv4 or LinkType.IPv6 => Raw(data, ref frame),
            _ => false,
        };
    }

    private static bool Ethernet(ReadOnlySpan<byte> data, ref Frame frame)
    {
        if (data.Length < 14)
        {
            return false;
        }

        frame.DestinationMac = MacAddress.From(data);
        frame.SourceMac = MacAddress.From(data[6..]);
        return Typed(BinaryPrimitives.ReadUInt16BigEndian(data[12..]), data[14..], ref frame);
    }

    // In a cooked capture only the sender's address is there: the receiver's is not recorded.
    private static bool Cooked(ReadOnlySpan<byte> data, ReadOnlySpan<byte> address, int length, ushort type, ReadOnlySpan<byte> payload, ref Frame frame)
    {
        if (length == 6 && data.Length >= 16)
        {
            frame.SourceMac = MacAddress.From(address);
        }

        return Typed(type, payload, ref frame);
    }

    private static bool Raw(ReadOnlySpan<byte> data, ref Frame frame)
    {
        if (data.IsEmpty)
        {
            return false;
        }

        return (data[0] >> 4) switch
        {
            4 => Typed(EtherTypeIPv4, data, ref frame),
            6 => Typed(EtherTypeIPv6, data, ref frame),
            _ => false,
        };
    }

    private static bool Typed(ushort type, ReadOnlySpan<byte> payload, ref Frame frame)
    {
        // 802.1Q, 802.1ad and the older stacked tag.
        for (var tags = 0; type is 0x8100 or 0x88A8 or 0x9100; tags++)
        {
            if (payload.Length < 4 || tags >= MaxVlanTags)
            {
                return false;
            }

            var id = BinaryPrimitives.ReadUInt16BigEndian(payload) & 0x0FFF;
            // Id 0 is a priority tag only (802.1Q, clause 9.6).
            frame.Vlan = id == 0 ? frame.Vlan : id;
            type = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
            payload = payload[4..];
        }

        // Below 0x0600 it is a length (802.3), and LLC follows; the padding after it is none of ours.
        if (type < 0x0600)
        {
            frame.EtherType = 0;
            payload = type <= payload.Length && type > 0 ? payload[..type] : payload;
        }
        else
        {
            frame.EtherType = type;
        }

        frame.LinkPayload = payload;
        frame.Payload = payload;
        return type switch
        {
            EtherTypeIPv4 => IPv4(payload, ref frame),
            EtherTypeIPv6 => IPv6(payload, ref frame),
            _ => true,
        };
    }

    private static bool IPv4(ReadOnlySpan<byte> data, ref Frame frame)
    {
        if (data.Length < 20 || data[0] >> 4 != 4)
        {
            return false;
        }

        var header = (data[0] & 15) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
        // Total length 0 is what a capture taken before segmentation offload shows.
        if (header < 20 || header > data.Length || (total != 0 && total < header))
        {
            return false;
        }

        frame.HasIp = true;
        frame.Source = NetworkAddress.FromV4(data[12..]);
        frame.Destination = NetworkAddress.FromV4(data[16..]);
        frame.IpProtocol = data[9];
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(data[6..]);
        frame.LaterFragment = (fragment & 0x1FFF) != 0;
        var end = total == 0 ? data.Length : Math.Min(total, data.Length);
        return Transport(data[header..end], ref frame);
    }

    private static bool IPv6(ReadOnlySpan<byte> data, ref Frame frame)
    {
        if (data.Length < 40 || data[0] >> 4 != 6)
        {
            return false;
        }

        frame.HasIp = true;
        frame.Source = NetworkAddress.FromV6(data[8..24]);
        frame.Destination = NetworkAddress.FromV6(data[24..40]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(data[4..]);
        var rest = data[40..];
        rest = length == 0 ? rest : rest[..Math.Min(length, rest.Length)];
        var next = data[6];
        for (var headers = 0; next is 0 or 43 or 44 or 51 or 60; headers++)
        {
            if (headers >= MaxExtensionHeaders || rest.Length < 8)
            {
                return false;
            }

            var size = next switch
            {
                44 => 8,
                51 => (rest[1] + 2) * 4,
                _ => (rest[1] + 1) * 8,
            };
            if (next == 44)
            {
                frame.LaterFragment = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) >> 3 != 0;
            }

            if (size > rest.Length)
            {
                return false;
            }

            next = rest[0];
            rest = rest[size..];
        }

        frame.IpProtocol = next;
        return Transport(rest, ref frame);
    }

    private static bool Transport(ReadOnlySpan<byte> data, ref Frame frame)
    {
        frame.Payload = data;
        if (frame.LaterFragment)
        {
            return true;
        }

        if (frame.IpProtocol == 17)
        {
            if (data.Length < 8)
            {
                return false;
            }

            Ports(data, ref frame);
            int length = BinaryPrimitives.ReadUInt16BigEndian(data[4..]);
            // Length 0 is a jumbogram (RFC 2675); shorter than the header is a lie.
            if (length is > 0 and < 8)
            {
                return false;
            }

            frame.Payload = data[8..(length == 0 ? data.Length : Math.Min(length, data.Length))];
            return true;
        }

        if (frame.IpProtocol == 6)
        {
            if (data.Length < 20)
            {
                return false;
            }

            var header = (data[12] >> 4) * 4;
            if (header < 20 || header > data.Length)
            {
                return false;
            }

            Ports(data, ref frame);
            frame.Sequence = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
            frame.Flags = (TcpFlags)(data[13] & 0x1F);
            frame.Payload = data[header..];
        }

        return true;
    }

    private static void Ports(ReadOnlySpan<byte> data, ref Frame frame)
    {
        frame.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(data);
        frame.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
    }
}
