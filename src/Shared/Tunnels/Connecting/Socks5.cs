using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tunnels;

/// <summary>The client side of SOCKS version 5 (RFC 1928) with user name and password (RFC 1929). Reads exactly the bytes of the protocol, so none of the tunnel's are lost.</summary>
internal static class Socks5
{
    /// <summary>Asks for a connection. <c>Answered</c> says that the hop did its part and refused for what lies beyond it; without a fault the stage is <see cref="Stage.Authenticate"/> when credentials were offered and not taken.</summary>
    public static async ValueTask<(Cause Cause, Stage Stage, bool Answered, string? Evidence)> RequestAsync(
        Stream stream, HostPort destination, HopCredentials? credentials, CancellationToken cancellationToken)
    {
        var user = credentials is null ? [] : Encoding.UTF8.GetBytes(credentials.UserName);
        var password = credentials is null ? [] : Encoding.UTF8.GetBytes(credentials.Password);
        if (user.Length > 255 || password.Length > 255)
        {
            return (Cause.Misconfigured, Stage.Authenticate, false, "SOCKS carries user names and passwords of at most 255 bytes (RFC 1929)");
        }

        byte[] greeting = credentials is null ? [5, 1, 0] : [5, 2, 0, 2];
        await stream.WriteAsync(greeting, cancellationToken);
        var head = new byte[2];
        await stream.ReadExactlyAsync(head, cancellationToken);
        if (head[0] != 5)
        {
            return (Cause.NotAProxy, Stage.Request, false, $"answered {Convert.ToHexStringLower(head)} ('{Printable(head)}') to a SOCKS greeting");
        }

        var unwanted = head[1] == 0 && credentials is not null;
        switch (head[1])
        {
            case 0:
                break;
            case 2 when credentials is not null:
                await stream.WriteAsync((byte[])[1, (byte)user.Length, .. user, (byte)password.Length, .. password], cancellationToken);
                await stream.ReadExactlyAsync(head, cancellationToken);
                if (head[1] != 0)
                {
                    return (Cause.CredentialsWrong, Stage.Authenticate, false, $"SOCKS authentication answered {head[1]}");
                }

                break;
            case 0xff:
                return (credentials is null ? Cause.CredentialsMissing : Cause.AuthenticationSchemeUnsupported, Stage.Authenticate, false, "no acceptable SOCKS method");
            default:
                return (Cause.AuthenticationSchemeUnsupported, Stage.Authenticate, false, $"SOCKS method {head[1]}");
        }

        await stream.WriteAsync(Request(destination), cancellationToken);
        var answer = new byte[4];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        if (answer[0] != 5 || answer[3] is not (1 or 3 or 4))
        {
            return (Cause.MalformedAnswer, Stage.Request, false, $"SOCKS answer {Convert.ToHexStringLower(answer)}");
        }

        if (answer[1] != 0)
        {
            return (FromReply(answer[1]), Stage.Request, answer[1] is >= 2 and <= 6, $"SOCKS reply {answer[1]}: {Meaning(answer[1])}");
        }

        var length = answer[3] switch { 1 => 4, 4 => 16, _ => await ReadByteAsync(stream, cancellationToken) };
        await stream.ReadExactlyAsync(new byte[length + 2], cancellationToken);
        return (Cause.None, unwanted ? Stage.Authenticate : Stage.Request, false, null);
    }

    private static string Printable(byte[] bytes) => new([.. bytes.Select(b => b is >= 0x20 and <= 0x7e ? (char)b : '.')]);

    private static async ValueTask<int> ReadByteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var one = new byte[1];
        await stream.ReadExactlyAsync(one, cancellationToken);
        return one[0];
    }

    private static byte[] Request(HostPort destination)
    {
        var port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)destination.Port);
        if (!IPAddress.TryParse(destination.Host, out var address))
        {
            // Names are at most 253 characters (HostPort), so one byte of length is enough.
            var name = Encoding.ASCII.GetBytes(destination.Host);
            return [5, 1, 0, 3, (byte)name.Length, .. name, .. port];
        }

        return [5, 1, 0, address.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)4 : (byte)1, .. address.GetAddressBytes(), .. port];
    }

    private static Cause FromReply(byte reply) => reply switch
    {
        2 => Cause.DestinationRefused,
        3 or 4 or 5 => Cause.UpstreamUnreachable,
        6 => Cause.UpstreamTimedOut,
        _ => Cause.UnexpectedStatus,
    };

    private static string Meaning(byte reply) => reply switch
    {
        1 => "general failure",
        2 => "not allowed by ruleset",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "unassigned",
    };
}
