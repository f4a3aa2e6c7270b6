using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Cli;

/// <summary>Destinations on loopback, each of which behaves in one way.</summary>
internal sealed class SuiteDestinations : IAsyncDisposable
{
    public const string Banner = "220 destination speaks first\r\n";

    /// <summary>The byte after which <see cref="AnswersAtEnd"/> answers though more could come.</summary>
    public const string EndMark = "\n";

    /// <summary>How much <see cref="Pours"/> sends.</summary>
    public const long Poured = 16 * 1024 * 1024;

    /// <summary>More than the buffers of the sockets on the way hold; who takes more keeps it in memory.</summary>
    public const long MostBuffered = 64 * 1024 * 1024;

    private readonly Socket _closed;
    private readonly Socket _full = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _filling = [];
    private readonly Socket _later;
    private readonly ConcurrentDictionary<string, bool> _ends = new(StringComparer.Ordinal);
    private LoopbackServer? _returned;
    private long _flooded;

    private readonly LoopbackServer _echo = new(async (stream, token) => await stream.CopyToAsync(stream, token));

    private readonly LoopbackServer _unlisted = new(async (stream, token) => await stream.CopyToAsync(stream, token));

    private readonly LoopbackServer _speaksFirst = new(async (stream, token) =>
    {
        await Wire.WriteAsync(stream, Banner, token);
        await stream.CopyToAsync(stream, token);
    });

    // Reads to the end, then answers with what it got: shows that each direction ends by itself.
    private readonly LoopbackServer _answersAtEnd = new(async (stream, token) =>
    {
        var got = 0L;
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, token)) > 0;)
        {
            got += read;
            if (buffer.AsSpan(0, read).Contains((byte)'\n'))
            {
                break;
            }
        }

        await Wire.WriteAsync(stream, string.Create(CultureInfo.InvariantCulture, $"got {got}"), token);
    });

    private readonly LoopbackServer _closesAfterBanner = new(async (stream, token) => await Wire.WriteAsync(stream, Banner, token));

    private readonly LoopbackServer _resets = new(async (stream, token) =>
    {
        await stream.WriteAsync(new byte[256 * 1024], token);
        Wire.Reset(stream);
    });

    private readonly LoopbackServer _slow = new(async (stream, token) =>
    {
        foreach (var c in Banner)
        {
            await Wire.WriteAsync(stream, c.ToString(), token);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, token);
        }
    });

    private readonly LoopbackServer _closesAtOnce = new((_, _) => Task.CompletedTask);

    private readonly LoopbackServer _deaf = new((_, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));

    private readonly LoopbackServer _pours = new(async (stream, token) =>
    {
        var chunk = new byte[64 * 1024];
        for (var sent = 0L; sent < Poured; sent += chunk.Length)
        {
            await stream.WriteAsync(chunk, token);
        }
    });

    private readonly LoopbackServer _floods;
    private readonly LoopbackServer _watched;

    public SuiteDestinations()
    {
        _floods = new LoopbackServer(async (stream, token) =>
        {
            var chunk = new byte[64 * 1024];
            while (true)
            {
                Interlocked.Add(ref _flooded, await stream.Socket.SendAsync(chunk, token));
            }
        });
        _watched = new LoopbackServer(async (stream, token) =>
        {
            var mark = new byte[32];
            await stream.ReadExactlyAsync(mark, token);
            await stream.WriteAsync(mark, token);
            try
            {
                await Wire.SilenceAsync(stream, token);
            }
            catch (IOException)
            {
                // A reset is an end too.
            }

            _ends[Encoding.ASCII.GetString(mark)] = !token.IsCancellationRequested;
        });
        (_later, var later) = LoopbackServer.ClosedPort();
        Returning = new HostPort("127.0.0.1", later);

        // A queue that is full and never emptied: the kernel drops what comes next, as a host that is not there.
        _full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _full.Listen(0);
        Unanswering = new HostPort("127.0.0.1", ((IPEndPoint)_full.LocalEndPoint!).Port);
        for (var i = 0; i < 4; i++)
        {
            var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _filling.Add(one);
            try
            {
                one.Connect(_full.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // Under way, or stuck; both is meant.
            }
        }

        (_closed, var port) = LoopbackServer.ClosedPort();
        Refusing = new HostPort("127.0.0.1", port);
    }

    /// <summary>Sends back what it gets.</summary>
    public HostPort Echo => _echo.Address;

    /// <summary>As <see cref="Echo"/>, but never on the proxy's list.</summary>
    public HostPort Unlisted => _unlisted.Address;

    public HostPort SpeaksFirst => _speaksFirst.Address;

    public HostPort AnswersAtEnd => _answersAtEnd.Address;

    public HostPort ClosesAfterBanner => _closesAfterBanner.Address;

    public HostPort Resets => _resets.Address;

    public HostPort Slow => _slow.Address;

    /// <summary>As <see cref="Echo"/>, by a name.</summary>
    public HostPort Named => new("localhost", Echo.Port);

    public HostPort ClosesAtOnce => _closesAtOnce.Address;

    /// <summary>Never reads.</summary>
    public HostPort Deaf => _deaf.Address;

    /// <summary>Sends sixteen megabytes and ends.</summary>
    public HostPort Pours => _pours.Address;

    /// <summary>Sends without end.</summary>
    public HostPort Floods => _floods.Address;

    /// <summary>Sends back the first 32 bytes, and notes under them when the connection has ended.</summary>
    public HostPort Watched => _watched.Address;

    /// <summary>Refuses connections until <see cref="ComeBack"/>, then as <see cref="Echo"/>.</summary>
    public HostPort Returning { get; }

    /// <summary>Never answers a connection attempt.</summary>
    public HostPort Unanswering { get; }

    /// <summary>Refuses connections.</summary>
    public HostPort Refusing { get; }

    /// <summary>A name that no resolver knows (RFC 6761, section 6.4).</summary>
    public HostPort Unknown { get; } = new("no-such-name.invalid", 443);

    /// <summary>What the proxy must allow.</summary>
    public IReadOnlyList<HostPort> Listed => [Echo, SpeaksFirst, AnswersAtEnd, ClosesAfterBanner, Resets, Slow, Named, ClosesAtOnce, Deaf, Pours, Floods, Watched, Returning, Unanswering, Refusing, Unknown];

    /// <summary>Text of so many bytes that no shift or swap leaves as it is.</summary>
    public static string Pattern(int length)
    {
        var text = new StringBuilder(length);
        for (var i = 0; text.Length < length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i:x},");
        }

        return text.ToString(0, length);
    }

    public void ComeBack()
    {
        _later.Dispose();
        _returned ??= new LoopbackServer(async (stream, token) => await stream.CopyToAsync(stream, token), Returning.Port);
    }

    /// <summary>Waits until <see cref="Floods"/> gets rid of no more, and gives how much it did since.</summary>
    public async Task<long> FloodedAsync(CancellationToken cancellationToken)
    {
        var before = -1L;
        var now = Interlocked.Read(ref _flooded);
        while (now != before && now < MostBuffered)
        {
            before = now;
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellationToken);
            now = Interlocked.Read(ref _flooded);
        }

        return now;
    }

    /// <summary>Whether the connection with that mark ends in time.</summary>
    public async Task<bool> EndedAsync(string mark, CancellationToken cancellationToken)
    {
        for (var i = 0; i < SuiteSetting.Patience.TotalSeconds * 10 && !_ends.ContainsKey(mark); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }

        return _ends.ContainsKey(mark);
    }

    public async ValueTask DisposeAsync()
    {
        if (_returned is not null)
        {
            await _returned.DisposeAsync();
        }


        foreach (var server in (LoopbackServer[])[_echo, _unlisted, _speaksFirst, _answersAtEnd, _closesAfterBanner, _resets, _slow, _closesAtOnce, _deaf, _pours, _floods, _watched])
        {
            await server.DisposeAsync();
        }

        _filling.ForEach(f => f.Dispose());
        _full.Dispose();
        _later.Dispose();
        _closed.Dispose();
    }
}
