using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tunnels.Tests;

/// <summary>Every stage has a deadline of its own; the clock is the test's.</summary>
public sealed class DeadlineTests
{
    private static readonly HostPort Far = new("far.example", 443);
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly TunnelDialerOptions _options = new();

    [Fact(Timeout = 60_000)]
    public async Task A_hop_that_accepts_and_never_answers_is_left_within_three_seconds()
    {
        await using var silent = Peer.Silent();
        var dial = StartAsync(Dials.Via(Dials.Hop(silent.Address)), Far);
        await Dials.UntilAsync(() => !silent.Requests.IsEmpty);
        var trace = (await Dials.DriveAsync(_clock, dial, TimeSpan.FromMilliseconds(100))).Trace;
        Assert.Equal((Stage.Request, Cause.NoAnswer), (trace.Failure!.Stage, trace.Failure.Cause));
        // The clock runs on while the failure is written down, so only the lower bound is sharp; the words hold the deadline.
        Assert.True(trace.Failure.Elapsed >= TimeSpan.FromSeconds(2.8));
        Assert.Equal("no answer within 3 s", trace.Failure.Evidence);
        Assert.Equal(TimeSpan.FromSeconds(3), _options.RequestTimeout);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_hop_that_drips_its_answer_is_left_as_well()
    {
        Peer? peer = null;
        await using var dripping = peer = new Peer(async (stream, end) =>
        {
            await peer!.ReadRequestAsync(stream, end);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nX: "u8.ToArray(), end);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), end);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, end);
            }
        });
        var dial = StartAsync(Dials.Via(Dials.Hop(dripping.Address)), Far);
        await Dials.UntilAsync(() => !dripping.Requests.IsEmpty);
        Assert.Equal(Cause.NoAnswer, (await Dials.DriveAsync(_clock, dial, TimeSpan.FromMilliseconds(100))).Trace.Failure!.Cause);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_silent_SOCKS_server_is_left()
    {
        var greeted = false;
        await using var silent = new Peer(async (stream, end) =>
        {
            await stream.ReadExactlyAsync(new byte[3], end);
            greeted = true;
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
        });
        var dial = StartAsync(Dials.Via(Dials.Hop(silent.Address, HopScheme.Socks5)), Far);
        await Dials.UntilAsync(() => Volatile.Read(ref greeted));
        Assert.Equal(Cause.NoAnswer, (await Dials.DriveAsync(_clock, dial, TimeSpan.FromMilliseconds(100))).Trace.Failure!.Cause);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_TLS_handshake_that_is_not_answered_is_left(bool atHop)
    {
        var begun = false;
        await using var silent = new Peer(async (stream, end) =>
        {
            await stream.ReadExactlyAsync(new byte[32], end);
            Volatile.Write(ref begun, true);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
        });
        var dialer = new TunnelDialer(_options, _clock);
        var dial = atHop
            ? dialer.DialAsync(Dials.Via(Dials.Hop(silent.Address, HopScheme.Https)), Far, default).AsTask()
            : dialer.DialTlsAsync(Dials.Via(), silent.Address, new EndpointTls(), default).AsTask();
        await Dials.UntilAsync(() => Volatile.Read(ref begun));
        var failure = (await Dials.DriveAsync(_clock, dial, TimeSpan.FromMilliseconds(100))).Trace.Failure!;
        Assert.Equal((atHop ? Stage.ProxyTls : Stage.Tls, Cause.NoAnswer), (failure.Stage, failure.Cause));
        Assert.True(failure.Elapsed >= TimeSpan.FromSeconds(4.8));
        Assert.Equal("no handshake within 5 s", failure.Evidence);
    }

    [Fact(Timeout = 60_000)]
    public async Task Silently_dropped_packets_are_named_after_the_connect_deadline()
    {
        // A full backlog drops SYNs, as a firewall does.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var at = (IPEndPoint)listener.LocalEndPoint!;
        using var filling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await filling.ConnectAsync(at, TestContext.Current.CancellationToken);
        var failure = (await Dials.DriveAsync(_clock, StartAsync(Dials.Via(), new HostPort("127.0.0.1", at.Port)), TimeSpan.FromMilliseconds(250))).Trace.Failure!;
        Assert.Equal((Stage.Connect, Cause.ConnectionTimedOut), (failure.Stage, failure.Cause));
        Assert.Contains("did not answer within 3 s", failure.Evidence);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_resolver_that_does_not_answer_is_named_after_its_deadline()
    {
        var dialer = new TunnelDialer(_options, _clock, new DeafResolver(_options, _clock));
        var failure = (await Dials.DriveAsync(_clock, dialer.DialAsync(Dials.Via(), Far, default).AsTask(), TimeSpan.FromMilliseconds(250))).Trace.Failure!;
        Assert.Equal((Stage.Resolve, Cause.ResolverUnreachable), (failure.Stage, failure.Cause));
    }

    [Fact(Timeout = 60_000)]
    public async Task Names_that_do_not_exist_and_names_nobody_answers_for_are_told_apart()
    {
        foreach (var (error, cause) in new[] { (SocketError.HostNotFound, Cause.NameNotFound), (SocketError.NoData, Cause.NameNotFound), (SocketError.TryAgain, Cause.ResolverUnreachable) })
        {
            var dialer = new TunnelDialer(_options, _clock, new FailingResolver(_options, _clock, error));
            Assert.Equal(cause, (await dialer.DialAsync(Dials.Via(), Far, TestContext.Current.CancellationToken)).Trace.Failure!.Cause);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stale_proxy_setting_is_a_named_error_within_five_seconds()
    {
        // The proxy is gone, its name is gone, it is silent, or something else lives there now. No stage waits longer than five seconds, and the dial ends with the first that fails.
        TimeSpan[] stages = [_options.ResolveTimeout, _options.ConnectTimeout, _options.RequestTimeout, _options.TlsTimeout];
        Assert.All(stages, s => Assert.True(s <= TimeSpan.FromSeconds(5)));
        await using var other = Peer.Answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        HostPort gone;
        await using (var closed = Peer.Silent())
        {
            gone = closed.Address;
        }

        Assert.Equal(Cause.ConnectionRefused, (await StartAsync(Dials.Via(Dials.Hop(gone)), Far)).Trace.Failure!.Cause);
        Assert.Equal(Cause.NotAProxy, (await StartAsync(Dials.Via(Dials.Hop(other.Address)), Far)).Trace.Failure!.Cause);
        var nameless = new TunnelDialer(_options, _clock, new FailingResolver(_options, _clock, SocketError.HostNotFound));
        var failure = (await nameless.DialAsync(Dials.Via(Dials.Hop(new HostPort("old-proxy.plant", 3128))), Far, TestContext.Current.CancellationToken)).Trace.Failure!;
        Assert.Equal((Stage.Resolve, Cause.NameNotFound), (failure.Stage, failure.Cause));
    }

    private Task<DialResult> StartAsync(Route route, HostPort destination) => new TunnelDialer(_options, _clock).DialAsync(route, destination, default).AsTask();

    private sealed class DeafResolver(TunnelDialerOptions options, TimeProvider clock) : NameResolver(options, clock)
    {
        protected override Task<IPAddress[]> AskSystemAsync(string host, CancellationToken cancellationToken) => new TaskCompletionSource<IPAddress[]>().Task;
    }

    private sealed class FailingResolver(TunnelDialerOptions options, TimeProvider clock, SocketError error) : NameResolver(options, clock)
    {
        protected override Task<IPAddress[]> AskSystemAsync(string host, CancellationToken cancellationToken) => Task.FromException<IPAddress[]>(new SocketException((int)error));
    }
}
