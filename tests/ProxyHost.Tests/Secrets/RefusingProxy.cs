using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.ProxyHost.Tests.Secrets;

/// <summary>Asks every CONNECT for credentials, and is content with none.</summary>
internal sealed class RefusingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _challenge;

    public RefusingProxy(string challenge)
    {
        _challenge = challenge;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was shown as Proxy-Authorization.</summary>
    public ConcurrentQueue<string> Shown { get; } = new();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            while (await reader.ReadLineAsync() is { } line)
            {
                const string field = "Proxy-Authorization: ";
                if (line.StartsWith(field, StringComparison.OrdinalIgnoreCase))
                {
                    Shown.Enqueue(line[field.Length..]);
                }
                else if (line.Length == 0)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: {_challenge}\r\nContent-Length: 0\r\n\r\n"));
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The client went away.
        }
    }
}
