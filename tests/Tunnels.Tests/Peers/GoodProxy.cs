using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tunnels.Tests;

/// <summary>A CONNECT proxy that does as it should: asks for credentials where told so, dials, relays. Over TLS where it has a certificate.</summary>
internal sealed class GoodProxy : IAsyncDisposable
{
    private readonly Peer _peer;
    private readonly Func<HostPort, HostPort> _map;

    public GoodProxy(SslServerAuthenticationOptions? tls = null, string? authorization = null, Func<HostPort, HostPort>? map = null)
    {
        _map = map ?? (h => h);
        _peer = new Peer(async (stream, end) =>
        {
            if (tls is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(tls, end);
                stream = secure;
            }

            await ServeAsync(stream, authorization, end);
        });
    }

    public HostPort Address => _peer.Address;

    public int Accepted => _peer.Accepted;

    /// <summary>What was asked for, in order.</summary>
    public ConcurrentQueue<string> Targets { get; } = new();

    public ConcurrentQueue<string> Requests => _peer.Requests;

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private async Task ServeAsync(Stream stream, string? authorization, CancellationToken end)
    {
        while (await _peer.ReadRequestAsync(stream, end) is { } request)
        {
            var lines = request.Split("\r\n");
            if (authorization is not null && !lines.Contains($"Proxy-Authorization: {authorization}"))
            {
                await WriteAsync(stream, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"plant\"\r\nContent-Length: 0\r\n\r\n", end);
                continue;
            }

            var target = lines[0].Split(' ')[1];
            Targets.Enqueue(target);
            var to = _map(HostPort.Parse(target));
            using var client = new TcpClient(to.Host.Contains(':') ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
            try
            {
                await client.ConnectAsync(to.Host, to.Port, end);
            }
            catch (SocketException)
            {
                await WriteAsync(stream, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", end);
                continue;
            }

            await WriteAsync(stream, "HTTP/1.1 200 Connection established\r\n\r\n", end);
            await using var far = client.GetStream();
            var up = stream.CopyToAsync(far, end);
            var down = far.CopyToAsync(stream, end);
            await Task.WhenAny(up, down);
            return;
        }
    }

    private static async Task WriteAsync(Stream stream, string text, CancellationToken end)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), end);
        await stream.FlushAsync(end);
    }
}
