using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Culvert.Relaying.Tests.Harness;

/// <summary>A destination: echoes by itself, or hands its connections to the test.</summary>
public sealed class TestDestination : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Socket> _accepted = Channel.CreateUnbounded<Socket>();
    private readonly List<Socket> _all = [];

    private TestDestination(bool echo)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        _ = AcceptAsync(echo);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Connections accepted so far.</summary>
    public int Accepted
    {
        get
        {
            lock (_all)
            {
                return _all.Count;
            }
        }
    }

    public static TestDestination Echoing() => new(echo: true);

    public static TestDestination Manual() => new(echo: false);

    public async Task<TestClient> AcceptAsync()
    {
        using var deadline = new CancellationTokenSource(TestClient.Limit);
        return TestClient.Of(await _accepted.Reader.ReadAsync(deadline.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        lock (_all)
        {
            _all.ForEach(s => s.Dispose());
        }

        _stopping.Dispose();
    }

    private static async Task EchoAsync(Socket socket)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            while (await socket.ReceiveAsync(buffer) is > 0 and var read)
            {
                for (var sent = 0; sent < read;)
                {
                    sent += await socket.SendAsync(buffer.AsMemory(sent, read - sent));
                }
            }

            socket.Shutdown(SocketShutdown.Send);
            socket.Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            socket.Dispose();
        }
    }

    private async Task AcceptAsync(bool echo)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stopping.Token);
                socket.NoDelay = true;
                lock (_all)
                {
                    _all.Add(socket);
                }

                if (echo)
                {
                    _ = EchoAsync(socket);
                }
                else
                {
                    _accepted.Writer.TryWrite(socket);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }
}
