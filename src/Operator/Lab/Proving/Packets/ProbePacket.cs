using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Lab;

/// <summary>A packet that is sent to see which firewalls let it pass.</summary>
/// <param name="Source">The sender that it names.</param>
/// <param name="Destination">Where it goes.</param>
/// <param name="Protocol">The IP protocol: 1 ICMP (echo), 6 TCP (a SYN), 17 UDP, 50 ESP.</param>
/// <param name="Port">The destination's port; 0 where the protocol has none.</param>
/// <param name="Mark">What it is known by on the way, in the six bits of its DSCP.</param>
internal sealed record ProbePacket(IPAddress Source, IPAddress Destination, int Protocol, int Port, int Mark)
{
    /// <summary>ICMP, TCP, UDP and ESP, by IANA's numbers.</summary>
    public const int Icmp = 1, Tcp = 6, Udp = 17, Esp = 50;

    private const int IpLength = 20;
    private const ushort SourcePort = 39_999;

    /// <summary>What people call its protocol and port.</summary>
    public string Words => Name(Protocol) is var name && Port == 0 ? name : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}/{Port}");

    /// <summary>Sends packets from a host. What the host itself has no way for is not sent.</summary>
    public static Task SendAsync(string host, IReadOnlyList<ProbePacket> packets) => HostNamespace.RunAsync(host, () =>
    {
        // IPPROTO_RAW (raw(7)): the header is ours; the kernel fills in its checksum.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
        foreach (var packet in packets)
        {
            try
            {
                socket.SendTo(packet.ToBytes(), new IPEndPoint(packet.Destination, 0));
            }
            catch (SocketException)
            {
                // No route: closed already.
            }
        }

        return packets.Count;
    });

    /// <summary>The packet's bytes (RFC 791, 792, 9293, 768, 4303).</summary>
    internal byte[] ToBytes()
    {
        var payload = Protocol switch
        {
            Tcp => Syn(),
            Udp => [.. Ports(), 0, 8, 0, 0], // no checksum, no data
            Icmp => Echo(),
            _ => (byte[])[0, 0, 0x0C, 0xE1, 0, 0, 0, 1],
        };
        var packet = new byte[IpLength + payload.Length];
        packet[0] = 0x45;
        packet[1] = (byte)(Mark << 2);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = (byte)Protocol;
        Source.GetAddressBytes().CopyTo(packet, 12);
        Destination.GetAddressBytes().CopyTo(packet, 16);
        payload.CopyTo(packet, IpLength);
        return packet;
    }

    internal static string Name(int protocol) => protocol switch { Icmp => "ping", Tcp => "tcp", Udp => "udp", _ => "esp" };

    private byte[] Ports()
    {
        var ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(2), (ushort)Port);
        return ports;
    }

    private byte[] Syn()
    {
        byte[] segment = [.. Ports(), 0x20, 0x26, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0xFF, 0xFF, 0, 0, 0, 0];
        // With the pseudo header of addresses, protocol and length.
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checksum([.. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), 0, Tcp, 0, (byte)segment.Length, .. segment]));
        return segment;
    }

    private static byte[] Echo()
    {
        byte[] echo = [8, 0, 0, 0, 0x0C, 0xE1, 0, 1];
        BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(2), Checksum(echo));
        return echo;
    }

    // RFC 1071. All lengths here are even.
    private static ushort Checksum(byte[] bytes)
    {
        var sum = 0u;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(i));
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
