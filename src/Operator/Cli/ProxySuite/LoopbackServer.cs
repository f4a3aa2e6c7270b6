using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Cli;

/// <summary>A server on loopback that treats every connection as it is told to, until it is disposed of.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener;
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Func<NetworkStream, CancellationToken, Task> _treat;
    private readonly Task _accepting;

    /// <param name="treat">What happens to each connection.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    public LoopbackServer(Func<NetworkStream, CancellationToken, Task> treat, int port = 0)
    {
        _treat = treat;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public HostPort Address => new("127.0.0.1", Port);

    /// <summary>A port on which nothing listens, kept bound so that nobody else takes it.</summary>
    public static (Socket Holder, int Port) ClosedPort()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (socket, ((IPEndPoint)socket.LocalEndPoint!).Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            _running.Add(TreatAsync(socket));
        }
    }

    private async Task TreatAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await _treat(stream, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException or InvalidOperationException)
        {
            // The peer is what is tried; how it leaves does not matter here.
        }
    }
}
