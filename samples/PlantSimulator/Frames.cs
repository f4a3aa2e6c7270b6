using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Text;

namespace Culvert.PlantSimulator;

/// <summary>Ethernet frames with correct lengths and checksums.</summary>
internal static class Frames
{
    private static readonly PhysicalAddress Broadcast = PhysicalAddress.Parse("FF-FF-FF-FF-FF-FF");

    /// <summary>RFC 826. A request for an address, or (gratuitous) an announcement of one's own.</summary>
    public static byte[] ArpRequest(Station from, IPAddress target) => Arp(1, from, Broadcast, new PhysicalAddress(new byte[6]), target);

    public static byte[] ArpReply(Station from, Station to) => Arp(2, from, to.Mac, to.Mac, to.Address);

    /// <summary>RFC 9293.</summary>
    public static byte[] Tcp(Station from, int fromPort, Station to, int toPort, uint sequence, uint acknowledged, TcpFlags flags, ReadOnlySpan<byte> data)
    {
        var segment = new byte[20 + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)toPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledged);
        segment[12] = 5 << 4;
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 8192);
        data.CopyTo(segment.AsSpan(20));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checksum(segment, PseudoHeader(from.Address, to.Address, 6, segment.Length)));
        return Ip(from, to.Mac, to.Address, 6, segment);
    }

    /// <summary>RFC 768.</summary>
    public static byte[] Udp(Station from, int fromPort, PhysicalAddress toMac, IPAddress to, int toPort, ReadOnlySpan<byte> data)
    {
        var datagram = new byte[8 + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)toPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        data.CopyTo(datagram.AsSpan(8));
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), Checksum(datagram, PseudoHeader(from.Address, to, 17, datagram.Length)));
        return Ip(from, toMac, to, 17, datagram);
    }

    /// <summary>IEEE 802.1AB: chassis, port, lifetime, names and description.</summary>
    public static byte[] Lldp(Station from, string port, string description)
    {
        var tlvs = new MemoryStream();
        Tlv(1, [4, .. from.Mac.GetAddressBytes()]);
        Tlv(2, [7, .. Encoding.ASCII.GetBytes(port)]);
        Tlv(3, [0, 120]);
        Tlv(5, Encoding.ASCII.GetBytes(from.Name));
        Tlv(6, Encoding.ASCII.GetBytes(description));
        Tlv(7, [0, 0x14, 0, 0x04]);
        Tlv(8, [5, 1, .. from.Address.GetAddressBytes(), 2, 0, 0, 0, 1, 0]);
        Tlv(0, []);
        return Ethernet(from.Mac, PhysicalAddress.Parse("01-80-C2-00-00-0E"), 0x88cc, tlvs.ToArray());

        void Tlv(int type, byte[] value)
        {
            tlvs.WriteByte((byte)((type << 1) | (value.Length >> 8)));
            tlvs.WriteByte((byte)value.Length);
            tlvs.Write(value);
        }
    }

    private static byte[] Arp(ushort operation, Station from, PhysicalAddress to, PhysicalAddress targetMac, IPAddress target)
    {
        var arp = new byte[28];
        new byte[] { 0, 1, 8, 0, 6, 4, 0, (byte)operation }.CopyTo(arp, 0);
        from.Mac.GetAddressBytes().CopyTo(arp, 8);
        from.Address.GetAddressBytes().CopyTo(arp, 14);
        targetMac.GetAddressBytes().CopyTo(arp, 18);
        target.GetAddressBytes().CopyTo(arp, 24);
        return Ethernet(from.Mac, to, 0x0806, arp);
    }

    private static byte[] Ip(Station from, PhysicalAddress toMac, IPAddress to, byte protocol, byte[] payload)
    {
        var packet = new byte[20 + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[6] = 0x40;
        packet[8] = 64;
        packet[9] = protocol;
        from.Address.GetAddressBytes().CopyTo(packet, 12);
        to.GetAddressBytes().CopyTo(packet, 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, 20), 0));
        payload.CopyTo(packet, 20);
        return Ethernet(from.Mac, toMac, 0x0800, packet);
    }

    private static byte[] Ethernet(PhysicalAddress from, PhysicalAddress to, ushort type, byte[] payload)
    {
        // Short frames are padded to 60 bytes on the wire, and a mirror port shows the padding.
        var frame = new byte[Math.Max(60, 14 + payload.Length)];
        to.GetAddressBytes().CopyTo(frame, 0);
        from.GetAddressBytes().CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
        payload.CopyTo(frame, 14);
        return frame;
    }

    private static uint PseudoHeader(IPAddress from, IPAddress to, byte protocol, int length)
    {
        var (a, b) = (from.GetAddressBytes(), to.GetAddressBytes());
        return (uint)((a[0] << 8) + a[1] + (a[2] << 8) + a[3] + (b[0] << 8) + b[1] + (b[2] << 8) + b[3] + protocol + length);
    }

    private static ushort Checksum(ReadOnlySpan<byte> data, uint sum)
    {
        for (var i = 0; i < data.Length; i += 2)
        {
            sum += (uint)((data[i] << 8) + (i + 1 < data.Length ? data[i + 1] : 0));
        }

        sum = (sum >> 16) + (sum & 0xffff);
        return (ushort)~(sum + (sum >> 16));
    }
}

/// <summary>The control bits of a TCP segment.</summary>
[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
}
