using System.Buffers.Binary;
using System.Net;

namespace Culvert.Analysis.Tests;

/// <summary>Frames made by hand, byte by byte.</summary>
internal static class Frames
{
    public static byte[] Ethernet(string from, string to, ushort type, byte[] payload) => [.. Mac(to), .. Mac(from), (byte)(type >> 8), (byte)type, .. payload];

    public static byte[] Tagged(byte[] frame, int vlan, ushort type = 0x8100) => [.. frame[..12], (byte)(type >> 8), (byte)type, (byte)(vlan >> 8), (byte)vlan, .. frame[12..]];

    public static byte[] Tcp(string fromMac, string from, int fromPort, string toMac, string to, int toPort, byte[] payload, uint sequence, byte flags = 0x18)
    {
        var tcp = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(2), (ushort)toPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), sequence);
        (tcp[12], tcp[13]) = (0x50, flags);
        return Ip(fromMac, from, toMac, to, 6, [.. tcp, .. payload]);
    }

    public static byte[] Udp(string fromMac, string from, int fromPort, string toMac, string to, int toPort, byte[] payload) => Ip(
        fromMac, from, toMac, to, 17, [(byte)(fromPort >> 8), (byte)fromPort, (byte)(toPort >> 8), (byte)toPort, (byte)((payload.Length + 8) >> 8), (byte)(payload.Length + 8), 0, 0, .. payload]);

    public static byte[] Ip(string fromMac, string from, string toMac, string to, byte protocol, byte[] payload)
    {
        var (source, destination) = (IPAddress.Parse(from).GetAddressBytes(), IPAddress.Parse(to).GetAddressBytes());
        if (source.Length == 16)
        {
            return Ethernet(fromMac, toMac, 0x86DD, [0x60, 0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, protocol, 64, .. source, .. destination, .. payload]);
        }

        var total = 20 + payload.Length;
        return Ethernet(fromMac, toMac, 0x0800, [0x45, 0, (byte)(total >> 8), (byte)total, 0, 0, 0, 0, 64, protocol, 0, 0, .. source, .. destination, .. payload]);
    }

    public static byte[] Arp(string fromMac, string from, string toMac, string to, int operation) => Ethernet(
        fromMac, operation == 1 ? "ff:ff:ff:ff:ff:ff" : toMac, 0x0806,
        [0, 1, 8, 0, 6, 4, 0, (byte)operation, .. Mac(fromMac), .. IPAddress.Parse(from).GetAddressBytes(), .. Mac(operation == 1 ? "00:00:00:00:00:00" : toMac), .. IPAddress.Parse(to).GetAddressBytes()]);

    public static byte[] Modbus(int transaction, int unit, int function, params byte[] data) =>
        [(byte)(transaction >> 8), (byte)transaction, 0, 0, (byte)((data.Length + 2) >> 8), (byte)(data.Length + 2), (byte)unit, (byte)function, .. data];

    public static byte[] Mac(string text) => [.. text.Split(':').Select(p => Convert.ToByte(p, 16))];
}
