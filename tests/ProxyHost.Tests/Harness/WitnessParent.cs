using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.ProxyHost.Tests.Harness;

/// <summary>A parent that notes the first bytes of each connection and gives every CONNECT the same answer, except the proxy's own probes, which it forbids.</summary>
public sealed class WitnessParent : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _answer;
    private readonly List<string> _heads = [];

    public WitnessParent(string answer = "HTTP/1.1 200 OK\r\n\r\n")
    {
        _answer = answer;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen(128);
        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What was asked, without the probes.</summary>
    public IReadOnlyList<string> Heads
    {
        get
        {
            lock (_heads)
            {
                return [.. _heads];
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _socket.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                var buffer = new byte[4096];
                while (await socket.ReceiveAsync(buffer) is > 0 and var read)
                {
                    var head = Encoding.Latin1.GetString(buffer, 0, read);
                    var isProbe = head.Contains("probe.culvert.invalid", StringComparison.Ordinal);
                    if (!isProbe)
                    {
                        lock (_heads)
                        {
                            _heads.Add(head);
                        }
                    }

                    await socket.SendAsync(Encoding.Latin1.GetBytes(isProbe ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" : _answer));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy left first.
        }
    }
}
