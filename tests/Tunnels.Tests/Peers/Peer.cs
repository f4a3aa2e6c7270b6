using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Tunnels.Tests;

/// <summary>A TCP server on a free port whose every connection does what the test says.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly Func<Stream, CancellationToken, Task> _serve;
    private readonly Task _accepting;
    private int _accepted;

    public Peer(Func<Stream, CancellationToken, Task> serve, IPAddress? address = null)
    {
        _serve = serve;
        _listener = new Socket((address ?? IPAddress.Loopback).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        _listener.Listen(64);
        var at = (IPEndPoint)_listener.LocalEndPoint!;
        Address = new HostPort(at.Address.ToString(), at.Port);
        _accepting = AcceptAsync();
    }

    public HostPort Address { get; }

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Every request header that was read with <see cref="ReadRequestAsync"/>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>A peer that gives one answer to each request header and then holds the connection.</summary>
    public static Peer Answering(string answer, bool close = false)
    {
        Peer? peer = null;
        peer = new Peer(async (stream, end) =>
        {
            while (await peer!.ReadRequestAsync(stream, end) is not null)
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), end);
                if (close)
                {
                    return;
                }
            }
        });
        return peer;
    }

    /// <summary>A peer that accepts, reads and never answers.</summary>
    public static Peer Silent()
    {
        Peer? peer = null;
        peer = new Peer(async (stream, end) =>
        {
            await peer!.ReadRequestAsync(stream, end);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
        });
        return peer;
    }

    /// <summary>A peer that sends back what comes.</summary>
    public static Peer Echo(IPAddress? address = null) => new(async (stream, end) => await stream.CopyToAsync(stream, end), address);

    /// <summary>Reads up to the empty line; null when the connection ends before.</summary>
    public async Task<string?> ReadRequestAsync(Stream stream, CancellationToken end)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, end) == 0)
            {
                return null;
            }

            text.Append((char)one[0]);
        }

        Requests.Enqueue(text.ToString());
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_end.Token);
                Interlocked.Increment(ref _accepted);
                _serving.Add(ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await _serve(stream, _end.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, which is its right; or the test is over.
        }
    }
}
