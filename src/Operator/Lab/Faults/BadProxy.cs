using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.Lab;

/// <summary>A proxy that misbehaves, in one of many ways, in place of a hop's own program.</summary>
internal sealed class BadProxy : IFaultServer
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private readonly Socket _listener;
    private readonly BadManner _manner;
    private readonly X509Certificate2? _certificate;
    private readonly TimeProvider _clock;
    private readonly BadTunnel _tunnel;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _asked;

    private BadProxy(Socket listener, BadManner manner, X509Certificate2? certificate, BadTunnel tunnel, TimeProvider clock)
    {
        (_listener, _manner, _certificate, _tunnel, _clock) = (listener, manner, certificate, tunnel, clock);
        _running = AcceptAsync(_stop.Token);
    }

    /// <summary>The manners, by the names of their faults.</summary>
    public static IReadOnlyList<string> Manners { get; } =
        ["407-once", "407-for-ever", "wrong-via", "reset-after-mb", "silent-200", "bodied-200", "chunked-200", "extra-bytes", "header-bomb", "slow-reply", "reset-after", "half-close", "loop", "block-page", "not-a-proxy"];

    /// <inheritdoc/>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Listens on a host, at a port of the kernel's choice.</summary>
    /// <param name="host">The host in whose place it answers.</param>
    /// <param name="manner">How it misbehaves.</param>
    /// <param name="certificate">What it shows where the hop speaks TLS, disposed with it; null where it does not.</param>
    /// <param name="tunnel">Where the manners that do open tunnels lead.</param>
    /// <param name="clock">The time.</param>
    public static async Task<BadProxy> StartAsync(string host, BadManner manner, X509Certificate2? certificate, BadTunnel tunnel, TimeProvider clock) => new(
        await HostNamespace.RunAsync(host, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 0));
            socket.Listen(64);
            return socket;
        }),
        manner, certificate, tunnel, clock);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running;
        _certificate?.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync(cancellationToken), cancellationToken);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        // A tunnel that works stays open as long as the two at its ends want it.
        using var deadline = _manner.Name is "407-once" or "wrong-via" or "reset-after-mb" ? new CancellationTokenSource() : new CancellationTokenSource(Longest, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await using var client = new BadClient(socket);
            if (_certificate is not null)
            {
                await client.SecureAsync(_certificate, both.Token);
            }

            if (await ReadHeadAsync(client.Stream, both.Token) is { } head)
            {
                await AnswerAsync(client, head, both.Token);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side had enough.
        }
    }

    private static async Task<string?> ReadHeadAsync(Stream client, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        for (var length = 0; length < buffer.Length;)
        {
            var read = await client.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
            {
                return Encoding.ASCII.GetString(buffer, 0, length);
            }
        }

        return null;
    }

    private async Task AnswerAsync(BadClient client, string head, CancellationToken cancellationToken)
    {
        switch (_manner.Name)
        {
            case "407-once" when Interlocked.Exchange(ref _asked, 1) != 0:
                await _tunnel.CarryAsync(client, head, "", long.MaxValue, cancellationToken);
                break;
            case "wrong-via":
                // Names of others, a version that is none, an open bracket: nobody may build on what Via says (RFC 9110, 7.6.3).
                await _tunnel.CarryAsync(client, head, "Via: 9.z plant-proxy, 1.1 dmz-proxy (never closed, 1.1\r\n", long.MaxValue, cancellationToken);
                break;
            case "reset-after-mb":
                await _tunnel.CarryAsync(client, head, "", (long)_manner.Value, cancellationToken);
                break;
            case "407-once":
            case "407-for-ever":
                await SayAsync(client.Stream, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"lab\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", cancellationToken);
                break;
            case "silent-200":
                await SayAsync(client.Stream, "HTTP/1.1 200 Connection established\r\n\r\n", cancellationToken);
                await Task.Delay(Longest, _clock, cancellationToken);
                break;
            case "bodied-200":
                await SayAsync(client.Stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 26\r\n\r\n<html>connected</html>\r\n\r\n", cancellationToken);
                await DrainAsync(client.Stream, cancellationToken);
                break;
            case "chunked-200":
                await SayAsync(client.Stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", cancellationToken);
                await DrainAsync(client.Stream, cancellationToken);
                break;
            case "extra-bytes":
                await SayAsync(client.Stream, "HTTP/1.1 200 Connection established\r\n\r\nthese bytes belong to nobody", cancellationToken);
                await DrainAsync(client.Stream, cancellationToken);
                break;
            case "header-bomb":
                await BombAsync(client.Stream, (long)_manner.Value, cancellationToken);
                break;
            case "slow-reply":
                foreach (var one in Encoding.ASCII.GetBytes("HTTP/1.1 200 Connection established\r\nX-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n"))
                {
                    await client.Stream.WriteAsync((byte[])[one], cancellationToken);
                    await client.Stream.FlushAsync(cancellationToken);
                    await Task.Delay(TimeSpan.FromSeconds(_manner.Value), _clock, cancellationToken);
                }

                break;
            case "reset-after":
                await SayAsync(client.Stream, "HTTP/1.1 200 Connection established\r\n\r\n", cancellationToken);
                _ = await client.Stream.ReadAsync(new byte[1024], cancellationToken);
                client.ResetAtEnd();
                break;
            case "half-close":
                await SayAsync(client.Stream, "HTTP/1.1 200 Connection established\r\n\r\n", cancellationToken);
                await client.EndAsync();
                await DrainAsync(client.Stream, cancellationToken);
                break;
            case "loop":
                await SayAsync(client.Stream, "HTTP/1.1 508 Loop Detected\r\nVia: 1.1 lab, 1.1 lab\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", cancellationToken);
                break;
            case "block-page":
                await SayAsync(client.Stream, "HTTP/1.1 302 Found\r\nLocation: https://portal.login.example.com/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", cancellationToken);
                break;
            default:
                await SayAsync(client.Stream, "HTTP/1.1 405 Method Not Allowed\r\nServer: nginx\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", cancellationToken);
                break;
        }
    }

    private static async Task SayAsync(Stream client, string text, CancellationToken cancellationToken) => await client.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);

    private static async Task BombAsync(Stream client, long bytes, CancellationToken cancellationToken)
    {
        await SayAsync(client, "HTTP/1.1 200 Connection established\r\n", cancellationToken);
        var line = Encoding.ASCII.GetBytes($"X-Bomb: {new string('a', 4000)}\r\n");
        for (var sent = 0; sent < bytes; sent += line.Length)
        {
            await client.WriteAsync(line, cancellationToken);
        }
    }

    private static async Task DrainAsync(Stream client, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (await client.ReadAsync(buffer, cancellationToken) > 0)
        {
            // Read and forgotten.
        }
    }
}
