using System.Buffers.Binary;

namespace Culvert.Analysis;

/// <summary>Whether bytes fit a protocol's own framing. Each test reads the least that tells it from others; none reads past the end.</summary>
internal static class Signatures
{
    /// <summary>MBAP header (Modbus Messaging on TCP/IP Implementation Guide 1.0b, section 3.1.3): protocol 0, length 2 to 254, a function code that exists.</summary>
    public static bool Modbus(ReadOnlySpan<byte> p) =>
        p.Length >= 8 && p[2] == 0 && p[3] == 0 && Big16(p, 4) is >= 2 and <= 260 && (p[7] & 0x7F) is not 0;

    /// <summary>TPKT (RFC 1006, section 6): version 3 and a length that is more than the header.</summary>
    public static bool Tpkt(ReadOnlySpan<byte> p) => p.Length >= 7 && p[0] == 3 && p[1] == 0 && Big16(p, 2) >= 7;

    /// <summary>What COTP (X.224, section 13) carries: S7comm by 0x32, S7comm-plus by 0x72, else a session of ISO 8327 with MMS above.</summary>
    public static ProtocolId OverCotp(ReadOnlySpan<byte> p)
    {
        var header = 5 + p[4];
        if (p[5] >> 4 is 0xE or 0xD or 0x8)
        {
            return ProtocolId.Cotp;
        }

        if (p[5] != 0xF0 || p.Length <= header)
        {
            return ProtocolId.Cotp;
        }

        return p[header] switch
        {
            0x32 => ProtocolId.S7Comm,
            0x72 => ProtocolId.S7CommPlus,
            0x0D or 0x0E => ProtocolId.Mms,
            0x01 when p.Length > header + 4 && p[header + 1] == 0 && p[header + 2] == 1 && p[header + 3] == 0 => ProtocolId.Mms,
            _ => ProtocolId.Cotp,
        };
    }

    /// <summary>EtherNet/IP encapsulation (CIP Networks Library volume 2, section 2-3): a known command and a length that fits.</summary>
    public static bool Enip(ReadOnlySpan<byte> p) =>
        p.Length >= 24 && Little16(p, 0) is 0x0000 or 0x0001 or 0x0004 or 0x0063 or 0x0064 or 0x0065 or 0x0066 or 0x006F or 0x0070 or 0x0072 or 0x0073
        && p.Length >= 24 && Little16(p, 2) <= 65511 && Little16(p, 20) == 0 && Little16(p, 22) == 0;

    /// <summary>A class 1 I/O packet: two items, a sequenced address (0x8002) and connected data (0x00B1).</summary>
    public static bool CipIo(ReadOnlySpan<byte> p) => p.Length >= 18 && Little16(p, 0) == 2 && Little16(p, 2) == 0x8002 && Little16(p, 14) == 0x00B1;

    /// <summary>DNP3 link header (IEEE 1815, clause 9.2): 0x0564 and a length of at least 5.</summary>
    public static bool Dnp3(ReadOnlySpan<byte> p) => p.Length >= 10 && p[0] == 0x05 && p[1] == 0x64 && p[2] >= 5;

    /// <summary>APCI (IEC 60870-5-104, clause 5.1): start 0x68 and a length of 4 to 253.</summary>
    public static bool Iec104(ReadOnlySpan<byte> p) => p.Length >= 6 && p[0] == 0x68 && p[1] is >= 4 and <= 253;

    /// <summary>BVLC (ASHRAE 135, annex J.2): 0x81, a known function, the datagram's length.</summary>
    public static bool Bacnet(ReadOnlySpan<byte> p) => p.Length >= 4 && p[0] == 0x81 && p[1] <= 0x0C && Big16(p, 2) is >= 4 and var n && n <= p.Length;

    /// <summary>OPC UA TCP (part 6, section 7.1.2): message type, chunk type, size.</summary>
    public static bool OpcUa(ReadOnlySpan<byte> p) =>
        p.Length >= 8 && (p.StartsWith("HEL"u8) || p.StartsWith("ACK"u8) || p.StartsWith("ERR"u8) || p.StartsWith("OPN"u8) || p.StartsWith("MSG"u8) || p.StartsWith("CLO"u8))
        && p[3] is (byte)'F' or (byte)'C' or (byte)'A' && p.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(p[4..]) is >= 8 and < 0x0400_0000;

    /// <summary>HART-IP (FieldComm HCF_SPEC-085): version 1 or 2, message type, id, a length that fits.</summary>
    public static bool HartIp(ReadOnlySpan<byte> p) => p.Length >= 8 && p[0] is 1 or 2 && p.Length >= 8 && p[1] is <= 3 or 15 && Big16(p, 6) is >= 8 and var n && n <= p.Length;

    /// <summary>FINS header (Omron W342, section 3-2): ICF, reserved 0, gateway count.</summary>
    public static bool Fins(ReadOnlySpan<byte> p) => p.Length >= 12 && (p[0] & 0x3E) == 0 && (p[0] & 0x80) != 0 && p[1] == 0 && p[2] <= 7;

    /// <summary>AMS/TCP header (Beckhoff): reserved 0 and the length of an AMS header at least.</summary>
    public static bool Ads(ReadOnlySpan<byte> p) => p.Length >= 6 && p[0] == 0 && p[1] == 0 && BinaryPrimitives.ReadUInt32LittleEndian(p[2..]) is >= 32 and < 0x10_0000;

    /// <summary>IEEE C37.118.2, clause 6.2: sync byte 0xAA, a known frame type, a size of at least 16.</summary>
    public static bool Synchrophasor(ReadOnlySpan<byte> p) => p.Length >= 14 && p[0] == 0xAA && (p[1] & 0x70) <= 0x50 && Big16(p, 2) >= 16;

    /// <summary>ANSI C12.22 in ACSE: an application 0 tag whose BER length fits, then a called or calling title.</summary>
    public static bool C1222(ReadOnlySpan<byte> p)
    {
        if (p.Length < 8 || p[0] != 0x60)
        {
            return false;
        }

        var (length, header) = p[1] < 0x80 ? (p[1], 2) : p[1] == 0x81 ? (p[2], 3) : p[1] == 0x82 ? (Big16(p, 2), 4) : (int.MaxValue, 2);
        return length <= p.Length - header && p[header] is 0xA1 or 0xA2 or 0xA4 or 0xA6 or 0xA8 or 0xBE;
    }

    /// <summary>Emerson BSAP over IP: the packet's kind in the first two bytes.</summary>
    public static bool Bsap(ReadOnlySpan<byte> p) => p.Length >= 10 && p[0] is 0x0E or 0x0F && p.Length >= 10 && p[1] == 0;

    /// <summary>Genisys: a control character 0xF1 to 0xFE, and the end 0xF6.</summary>
    public static bool Genisys(ReadOnlySpan<byte> p) => p.Length >= 2 && p[0] is >= 0xF1 and <= 0xFE && p[^1] == 0xF6;

    /// <summary>Emerson ROC: destination, source, a known opcode, a length that fits with the CRC.</summary>
    public static bool RocPlus(ReadOnlySpan<byte> p) => p.Length >= 8 && p[5] + 8 == p.Length;

    /// <summary>TriStation 1131: a known function, 0, and for those with data a length that fits.</summary>
    public static bool TriStation(ReadOnlySpan<byte> p) => p.Length >= 6 && p[0] is >= 1 and <= 10 && p[1] == 0 && Little16(p, 2) <= p.Length;

    /// <summary>DLMS/COSEM: the TCP wrapper (version 1) or an HDLC frame between 0x7E flags (IEC 62056-46 and -47).</summary>
    public static bool Dlms(ReadOnlySpan<byte> p) =>
        p.Length >= 9 && ((p[0] == 0x7E && p[1] >> 4 == 0xA && p[^1] == 0x7E) || (p[0] == 0 && p[1] == 1 && Big16(p, 6) == p.Length - 8));

    /// <summary>LonTalk over IP (ISO/IEC 14908-4): the packet's own length, version 1.</summary>
    public static bool LonTalkIp(ReadOnlySpan<byte> p) => p.Length >= 20 && Big16(p, 0) == p.Length && p[2] is 1 or 2;

    /// <summary>SAIA S-Bus over UDP: its own length, version, type 0.</summary>
    public static bool SBus(ReadOnlySpan<byte> p) => p.Length >= 10 && BinaryPrimitives.ReadUInt32BigEndian(p) == (uint)p.Length;

    /// <summary>MQTT 3.1, 3.1.1 or 5: a control packet whose remaining length fits, CONNECT with its name.</summary>
    public static bool Mqtt(ReadOnlySpan<byte> p)
    {
        if (p.Length < 2)
        {
            return false;
        }

        return (p[0] >> 4) switch
        {
            1 => p.Length >= 10 && (p[4..].StartsWith("MQTT"u8) || p[4..].StartsWith("MQIsdp"u8) || p[5..].StartsWith("MQTT"u8)),
            2 => p[1] <= 32,
            3 => p.Length > 4,
            >= 4 and <= 14 => p[1] is >= 0 and < 0x80,
            _ => false,
        };
    }

    /// <summary>A DNS header (RFC 1035, section 4.1.1) with a sane count of questions and answers; mDNS, LLMNR and NBNS share it.</summary>
    public static bool Dns(ReadOnlySpan<byte> p) =>
        p.Length >= 12 && Big16(p, 4) <= 64 && Big16(p, 6) <= 256 && (Big16(p, 4) > 0 || Big16(p, 6) > 0 || Big16(p, 8) > 0 || (p[2] & 0x80) != 0) && (p[2] >> 3 & 15) is <= 9;

    /// <summary>BOOTP with DHCP's magic (RFC 2131, section 3).</summary>
    public static bool Dhcp(ReadOnlySpan<byte> p) => p.Length >= 240 && p[0] is 1 or 2 && p.Length >= 240 && BinaryPrimitives.ReadUInt32BigEndian(p[236..]) == 0x63825363;

    /// <summary>A BER sequence with an INTEGER version of 0, 1 or 3 (RFC 3416, RFC 3412).</summary>
    public static bool Snmp(ReadOnlySpan<byte> p)
    {
        if (p.Length < 10 || p[0] != 0x30)
        {
            return false;
        }

        var header = p[1] < 0x80 ? 2 : 2 + (p[1] & 0x7F);
        return header + 3 <= p.Length && p[header] == 2 && p[header + 1] == 1 && p[header + 2] is 0 or 1 or 3;
    }

    public static bool Ssdp(ReadOnlySpan<byte> p) => p.StartsWith("M-SEARCH "u8) || p.StartsWith("NOTIFY "u8) || p.StartsWith("HTTP/1.1 200"u8);

    /// <summary>A NetBIOS session header (RFC 1002, section 4.3.1) whose length is possible.</summary>
    public static bool Nbss(ReadOnlySpan<byte> p) => p.Length >= 4 && p[0] is 0 or 0x81 or 0x82 or 0x83 or 0x85 && p.Length >= 4 && p[1] <= 1;

    public static bool Smb(ReadOnlySpan<byte> p) => p.Length >= 8 && p[4] is 0xFF or 0xFE && p.Length >= 8 && p[5] == (byte)'S' && p[6] == (byte)'M' && p[7] == (byte)'B';

    /// <summary>Connection-oriented DCE/RPC (C706, section 12.6.3): version 5.0 or 5.1, a type up to 19, a fragment length of at least the header.</summary>
    public static bool DceRpc(ReadOnlySpan<byte> p) => p.Length >= 16 && p[0] == 5 && p[1] <= 1 && p[2] <= 19 && (p[4] & 0xEF) == 0 && Little16(p, 8) >= 16;

    /// <summary>Connectionless DCE/RPC (C706, section 12.5): version 4, a type up to 10, header of 80 bytes.</summary>
    public static bool DceRpcV4(ReadOnlySpan<byte> p) => p.Length >= 80 && p[0] == 4 && p[1] <= 10 && p[4] is 0x10 or 0x00 && p.Length >= 80;

    /// <summary>The object UUID of PROFINET begins DEA00000-6C97-11D1-8271 (IEC 61158-6-10, clause 4.10).</summary>
    public static bool IsProfinetObject(ReadOnlySpan<byte> p) =>
        p[8..].StartsWith((ReadOnlySpan<byte>)[0x00, 0x00, 0xA0, 0xDE, 0x97, 0x6C, 0xD1, 0x11]) || p[8..].StartsWith((ReadOnlySpan<byte>)[0xDE, 0xA0, 0x00, 0x00, 0x6C, 0x97, 0x11, 0xD1]);

    /// <summary>A TDS packet (MS-TDS, section 2.2.3.1): a known type and its length.</summary>
    public static bool Tds(ReadOnlySpan<byte> p) => p.Length >= 8 && p[0] is 1 or 2 or 3 or 4 or 6 or 7 or 14 or 16 or 17 or 18 && p.Length >= 8 && Big16(p, 2) >= 8 && p[6] <= 255;

    public static bool FtpLine(ReadOnlySpan<byte> p, bool toServer) =>
        p.Length >= 5 && (toServer ? p[..4].IndexOfAnyExceptInRange((byte)'A', (byte)'Z') is -1 or 3 : p[..3].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && p[3] is (byte)' ' or (byte)'-');

    /// <summary>A TLS record (RFC 8446, section 5.1): type 20 to 23, version 3.0 to 3.4, length up to 2^14 + 2048.</summary>
    public static bool TlsRecord(ReadOnlySpan<byte> p) => p.Length >= 6 && p[0] is >= 20 and <= 23 && p[1] == 3 && p[2] <= 4 && Big16(p, 3) is > 0 and <= 18432;

    public static bool HttpRequest(ReadOnlySpan<byte> p) =>
        p.StartsWith("GET "u8) || p.StartsWith("POST "u8) || p.StartsWith("HEAD "u8) || p.StartsWith("PUT "u8) || p.StartsWith("OPTIONS "u8) || p.StartsWith("DELETE "u8) || p.StartsWith("CONNECT "u8);

    private static int Big16(ReadOnlySpan<byte> p, int at) => BinaryPrimitives.ReadUInt16BigEndian(p[at..]);

    private static int Little16(ReadOnlySpan<byte> p, int at) => BinaryPrimitives.ReadUInt16LittleEndian(p[at..]);
}
