using System.Net;
using System.Net.NetworkInformation;
using System.Text;

namespace Culvert.PlantSimulator;

/// <summary>DHCP (RFC 2131) and DNS (RFC 1035), as far as a plant shows them.</summary>
internal static class NameServices
{
    private static readonly PhysicalAddress Everybody = PhysicalAddress.Parse("FF-FF-FF-FF-FF-FF");

    /// <summary>Discover, offer, request, acknowledgement.</summary>
    public static void Lease(Recording recording, double at, Station client, Station server, string vendorClass)
    {
        var asking = client with { Address = IPAddress.Any };
        byte[] wishes = [12, (byte)client.Name.Length, .. Encoding.ASCII.GetBytes(client.Name), 60, (byte)vendorClass.Length, .. Encoding.ASCII.GetBytes(vendorClass), 55, 3, 1, 3, 6];
        byte[] lease = [54, 4, .. server.Address.GetAddressBytes(), 51, 4, 0, 1, 0x51, 0x80, 1, 4, 255, 255, 255, 0, 3, 4, .. server.Address.GetAddressBytes()];
        Ask(at, 1, wishes);
        Answer(at + 0.002, 2);
        Ask(at + 0.004, 3, [50, 4, .. client.Address.GetAddressBytes(), 54, 4, .. server.Address.GetAddressBytes(), .. wishes]);
        Answer(at + 0.006, 5);
        recording.Add(at + 0.01, Frames.ArpRequest(client, client.Address));

        void Ask(double when, byte kind, byte[] options) =>
            recording.Add(when, Frames.Udp(asking, 68, Everybody, IPAddress.Broadcast, 67, Message(1, client, IPAddress.Any, kind, options)));
        void Answer(double when, byte kind) =>
            recording.Add(when, Frames.Udp(server, 67, client.Mac, client.Address, 68, Message(2, client, client.Address, kind, lease)));
    }

    /// <summary>A question for an address, and its answer (none: no such name).</summary>
    public static void Resolve(Recording recording, double at, Station client, Station server, string name, IPAddress? address)
    {
        var id = (ushort)((name.Length * 7919) + (int)(at * 10));
        byte[] question = [.. name.Split('.').SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0, 0, 1, 0, 1];
        byte[] answer = address is null ? [] : [0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, .. address.GetAddressBytes()];
        var port = 49152 + (id % 1000);
        recording.Add(at, Frames.Udp(client, port, server.Mac, server.Address, 53, [(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. question]));
        recording.Add(at + 0.003, Frames.Udp(server, 53, client.Mac, client.Address, port,
            [(byte)(id >> 8), (byte)id, 0x81, address is null ? (byte)0x83 : (byte)0x80, 0, 1, 0, (byte)(address is null ? 0 : 1), 0, 0, 0, 0, .. question, .. answer]));
    }

    private static byte[] Message(byte operation, Station client, IPAddress given, byte kind, byte[] options)
    {
        var message = new byte[240];
        message[0] = operation;
        message[1] = 1;
        message[2] = 6;
        client.Mac.GetAddressBytes().AsSpan(2).CopyTo(message.AsSpan(4));
        given.GetAddressBytes().CopyTo(message, 16);
        client.Mac.GetAddressBytes().CopyTo(message, 28);
        new byte[] { 0x63, 0x82, 0x53, 0x63 }.CopyTo(message, 236);
        return [.. message, 53, 1, kind, .. options, 255];
    }
}
