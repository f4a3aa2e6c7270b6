using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tunnels.Tests;

public sealed class RoutedDialerTests
{
    private static readonly RouteSelectorOptions Options = new();

    // The fake clock runs faster than real connections on a busy machine: what is not about deadlines has none.
    private static readonly TunnelDialerOptions Endless = new()
    {
        ResolveTimeout = TimeSpan.FromDays(1),
        ConnectTimeout = TimeSpan.FromDays(1),
        RequestTimeout = TimeSpan.FromDays(1),
        TlsTimeout = TimeSpan.FromDays(1),
    };

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    [Fact(Timeout = 60_000)]
    public async Task A_failed_shared_hop_is_tried_once_and_its_routes_fail_with_it()
    {
        // Three routes begin with one hop that is no proxy; the fourth works.
        await using var echo = Peer.Echo();
        await using var broken = Peer.Answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await using var good = new GoodProxy();
        var shared = Dials.Hop(broken.Address, name: "shared");
        var dialer = Make(
            Named("a", shared, Dials.Hop(good.Address)), Named("b", shared), Named("c", shared with { Name = "alias" }, Dials.Hop(good.Address)), Named("d", Dials.Hop(good.Address)));
        var result = await dialer.ConnectAsync(echo.Address, null, TestContext.Current.CancellationToken);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
        Assert.Equal(1, broken.Accepted);
        Assert.Equal(["failed", "failed", "failed", "active"], dialer.Selector.Health().Select(h => h.State));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_edge_that_fails_is_kept_apart_from_the_hops_it_joins()
    {
        // The first hop can't reach the middle one; the second can. Neither the first nor the middle hop is at fault for others.
        await using var echo = Peer.Echo();
        await using var middle = new GoodProxy();
        await using var cannot = new GoodProxy(map: h => h == middle.Address ? new HostPort("127.0.0.9", 1) : h);
        await using var can = new GoodProxy();
        var dialer = Make(
            Named("a", Dials.Hop(cannot.Address, name: "cannot"), Dials.Hop(middle.Address, name: "middle")),
            Named("b", Dials.Hop(can.Address, name: "can"), Dials.Hop(middle.Address, name: "middle")),
            Named("c", Dials.Hop(cannot.Address, name: "cannot")));
        var result = await dialer.ConnectAsync(echo.Address, null, TestContext.Current.CancellationToken);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
        Assert.Equal("b", result.Trace.Route);
        Assert.Equal(["failed", "active", "standby"], dialer.Selector.Health().Select(h => h.State));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(403, 10)]
    [InlineData(503, 24)]
    [InlineData(502, 100)]
    public async Task Refusals_of_one_destination_leave_the_others_at_100_per_cent(int status, int times)
    {
        await using var echo = Peer.Echo();
        Peer? peer = null;
        await using var proxy = peer = new Peer(async (stream, end) =>
        {
            var request = await peer!.ReadRequestAsync(stream, end);
            var bad = request!.Contains("bad.example", StringComparison.Ordinal);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(bad ? $"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n"), end);
            await stream.CopyToAsync(stream, end);
        });
        var dialer = Make(Named("main", Dials.Hop(proxy.Address)));
        for (var i = 0; i < times; i++)
        {
            Assert.False((await dialer.ConnectAsync(new HostPort("bad.example", 443), null, TestContext.Current.CancellationToken)).Succeeded);
            var good = await dialer.ConnectAsync(new HostPort("good.example", 443), null, TestContext.Current.CancellationToken);
            Assert.True(good.Succeeded);
            await good.Stream.DisposeAsync();
            Assert.Equal("active", dialer.Selector.Health()[0].State);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_destination_whose_packets_are_dropped_behind_the_hop_takes_nothing_from_the_others()
    {
        // The proxy waits for the bad destination longer than we wait for the proxy, as Squid does for a minute.
        Peer? peer = null;
        await using var proxy = peer = new Peer(async (stream, end) =>
        {
            var request = await peer!.ReadRequestAsync(stream, end);
            if (request!.Contains("bad.example", StringComparison.Ordinal))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
            }

            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), end);
            await stream.CopyToAsync(stream, end);
        });
        await using var other = new GoodProxy(map: _ => new HostPort("127.0.0.9", 1));
        var routes = new[] { Named("best", Dials.Hop(proxy.Address)), Named("shares-it", Dials.Hop(proxy.Address)), Named("other", Dials.Hop(other.Address)) };
        var dialer = new RoutedDialer(
            new TunnelDialer(Endless with { RequestTimeout = TimeSpan.FromSeconds(1) }, TimeProvider.System), new RouteSelector(routes, Options, _clock, new Random(1)), Options);
        for (var i = 0; i < 3; i++)
        {
            var good = await dialer.ConnectAsync(new HostPort("good.example", 443), null, TestContext.Current.CancellationToken);
            Assert.Equal("best", good.Trace.Route);
            await good.Stream!.DisposeAsync();
            Assert.False((await dialer.ConnectAsync(new HostPort("bad.example", 443), null, TestContext.Current.CancellationToken)).Succeeded);
            Assert.Equal(["active", "standby", "standby"], dialer.Selector.Health().Select(h => h.State));
        }

        // Two that meet silence are the hop's.
        Assert.False((await dialer.ConnectAsync(new HostPort("also.bad.example", 443), null, TestContext.Current.CancellationToken)).Succeeded);
        Assert.Equal("failed", dialer.Selector.Health()[0].State);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_hop_that_is_back_is_used_at_its_first_request()
    {
        var up = false;
        Peer? peer = null;
        await using var proxy = peer = new Peer(async (stream, end) =>
        {
            await peer!.ReadRequestAsync(stream, end);
            if (up)
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), end);
                await stream.CopyToAsync(stream, end);
            }
        });
        var dialer = Make(Named("main", Dials.Hop(proxy.Address)));
        var far = new HostPort("far.example", 443);
        for (var i = 0; i < 20; i++)
        {
            Assert.False((await dialer.ConnectAsync(far, null, TestContext.Current.CancellationToken)).Succeeded);
        }

        up = true;
        var result = await dialer.ConnectAsync(far, null, TestContext.Current.CancellationToken);
        Assert.True(result.Succeeded);
        await result.Stream.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Hop_accepts_and_never_replies_and_the_second_path_is_used_within_three_seconds()
    {
        await using var echo = Peer.Echo();
        await using var silent = Peer.Silent();
        await using var good = new GoodProxy();
        var dialer = Make(Named("a", Dials.Hop(silent.Address)), Named("b", Dials.Hop(good.Address)));
        var started = _clock.GetUtcNow();
        var connect = dialer.ConnectAsync(echo.Address, null, default).AsTask();
        await Dials.UntilAsync(() => !silent.Requests.IsEmpty);
        var result = await Dials.DriveAsync(_clock, connect, TimeSpan.FromMilliseconds(50));
        await using var stream = result.Stream!;
        Assert.Equal("b", result.Trace.Route);
        // The stagger alone: at the start nobody waits for a slow route. Driven on while the other connects, hence not exactly one second.
        Assert.True((_clock.GetUtcNow() - started).TotalSeconds >= 0.9);
        Assert.Equal(Options.Stagger, TimeSpan.FromSeconds(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Losers_of_the_race_are_closed()
    {
        await using var echo = Peer.Echo();
        var closed = new ConcurrentBag<bool>();
        Peer? peer = null;
        await using var silent = peer = new Peer(async (stream, end) =>
        {
            await peer!.ReadRequestAsync(stream, end);
            closed.Add(await stream.ReadAsync(new byte[1], end) == 0);
        });
        await using var good = new GoodProxy();
        var dialer = Make(Named("a", Dials.Hop(silent.Address)), Named("b", Dials.Hop(good.Address)));
        var connect = dialer.ConnectAsync(echo.Address, null, default).AsTask();
        await Dials.UntilAsync(() => !silent.Requests.IsEmpty);
        await using var stream = (await Dials.DriveAsync(_clock, connect, TimeSpan.FromMilliseconds(50))).Stream!;
        await Dials.UntilAsync(() => !closed.IsEmpty);
    }

    [Fact(Timeout = 60_000)]
    public async Task Probes_take_a_mended_route_back_after_its_hold_down()
    {
        await using var echo = Peer.Echo();
        var up = false;
        await using var flaky = new GoodProxy(map: h => up ? h : new HostPort("127.0.0.9", 1));
        await using var good = new GoodProxy();
        // The fault lies on an edge, so the route fails and not the destination.
        await using var middle = new GoodProxy();
        var dialer = Make(Named("best", Dials.Hop(flaky.Address, name: "flaky"), Dials.Hop(middle.Address, name: "middle")), Named("other", Dials.Hop(good.Address)));
        var result = await dialer.ConnectAsync(echo.Address, null, TestContext.Current.CancellationToken);
        await result.Stream!.DisposeAsync();
        Assert.Equal("other", dialer.Selector.Active!.Name);
        up = true;
        var back = new TaskCompletionSource<bool>();
        dialer.Selector.ActiveChanged += route => back.TrySetResult(route.Name == "best");
        using var end = new CancellationTokenSource();
        var mendedAt = _clock.GetUtcNow();
        var probing = dialer.ProbeAsync([echo.Address], _ => null, end.Token);
        Assert.True(await Dials.DriveAsync(_clock, back.Task, TimeSpan.FromMilliseconds(250)));
        Assert.True(_clock.GetUtcNow() - mendedAt >= Options.HoldDown);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_destination_that_is_down_does_not_keep_a_mended_route_from_being_taken_back()
    {
        // The first of the destinations refuses for good; the route's hop was gone and is back.
        await using var echo = Peer.Echo();
        await using var good = new GoodProxy();
        var door = false;
        Peer? peer = null;
        await using var hop = peer = new Peer(async (stream, end) =>
        {
            var request = await peer!.ReadRequestAsync(stream, end);
            if (!Volatile.Read(ref door) || request is null)
            {
                return;
            }

            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(request.Contains("hub.example", StringComparison.Ordinal) ? "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n"), end);
            await stream.CopyToAsync(stream, end);
        });
        var dialer = Make(Named("best", Dials.Hop(hop.Address)), Named("other", Dials.Hop(good.Address)));
        var result = await dialer.ConnectAsync(echo.Address, null, TestContext.Current.CancellationToken);
        await result.Stream!.DisposeAsync();
        Assert.Equal(["failed", "active"], dialer.Selector.Health().Select(h => h.State));
        Volatile.Write(ref door, true);
        var back = new TaskCompletionSource<bool>();
        dialer.Selector.ActiveChanged += route => back.TrySetResult(route.Name == "best");
        using var end = new CancellationTokenSource();
        var probing = dialer.ProbeAsync([new HostPort("hub.example", 443), new HostPort("blob.example", 443)], _ => null, end.Token);
        Assert.True(await Dials.DriveAsync(_clock, back.Task, TimeSpan.FromMilliseconds(250)));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing);
    }

    [Fact(Timeout = 60_000)]
    public async Task When_no_route_works_the_last_failure_is_returned_and_nothing_goes_direct()
    {
        await using var echo = Peer.Echo();
        await using var refusing = Peer.Answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        var dialer = Make(Named("a", Dials.Hop(refusing.Address)), Named("b", Dials.Hop(refusing.Address), Dials.Hop(refusing.Address, name: "second")));
        var result = await dialer.ConnectAsync(echo.Address, null, TestContext.Current.CancellationToken);
        Assert.False(result.Succeeded);
        Assert.Equal(Cause.DestinationRefused, result.Trace.Failure!.Cause);
        Assert.Equal(0, echo.Accepted);
    }

    private static Route Named(string name, params Hop[] hops) => new() { Name = name, Hops = hops };

    private RoutedDialer Make(params Route[] routes) =>
        new(new TunnelDialer(Endless, _clock), new RouteSelector(routes, Options, _clock, new Random(1)), Options);
}
