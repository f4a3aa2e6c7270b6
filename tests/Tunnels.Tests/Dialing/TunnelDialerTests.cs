using System.Net;
using System.Text;

namespace Culvert.Tunnels.Tests;

public sealed class TunnelDialerTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_direct_route_opens_the_destination_itself()
    {
        await using var echo = Peer.Echo();
        var result = await Dials.DialAsync(Dials.Via(), echo.Address);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
        Assert.Equal([Stage.Connect], result.Trace.Steps.Select(s => s.Stage));
        Assert.NotNull(result.Socket);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Hops_nest_to_any_depth_and_each_is_asked_for_the_next(int depth)
    {
        await using var echo = Peer.Echo();
        var proxies = Enumerable.Range(0, depth).Select(_ => new GoodProxy()).ToArray();
        var hops = proxies.Select((p, i) => Dials.Hop(p.Address, name: $"hop-{i}", credentials: new HopCredentials($"user-{i}", $"word-{i}"))).ToArray();
        var result = await Dials.DialAsync(Dials.Via(hops), echo.Address);
        await using (var stream = result.Stream!)
        {
            await Dials.EchoesAsync(stream);
        }

        for (var i = 0; i < depth; i++)
        {
            var next = i + 1 < depth ? proxies[i + 1].Address : echo.Address;
            Assert.Equal([next.ToString()], proxies[i].Targets);
            Assert.Equal(1, proxies[i].Accepted);
            Assert.Contains(result.Trace.Steps, s => s.HopIndex == i && s.Stage == Stage.Request && s.Target == $"hop-{i}");
        }

        Array.ForEach(proxies, p => p.DisposeAsync().AsTask().GetAwaiter().GetResult());
    }

    [Fact(Timeout = 60_000)]
    public async Task Schemes_mix()
    {
        using var ca = new TestCa();
        await using var echo = Peer.Echo();
        await using var first = new GoodProxy();
        await using var second = new GoodSocks("user", "wörd");
        await using var third = new GoodProxy(ca.Server("127.0.0.1"));
        var result = await Dials.DialAsync(
            Dials.Via(
                Dials.Hop(first.Address),
                Dials.Hop(second.Address, HopScheme.Socks5, credentials: new HopCredentials("user", "wörd")),
                Dials.Hop(third.Address, HopScheme.Https) with { Trust = new HopTrust { CaFile = ca.CaFile } }),
            echo.Address);
        Assert.Null(result.Trace.Failure);
        await using var stream = result.Stream!;
        await Dials.EchoesAsync(stream);
        Assert.Null(result.Socket);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public async Task Bytes_that_come_together_with_the_200_are_not_lost(string answer)
    {
        await using var proxy = Peer.Answering(answer + "server speaks first");
        var result = await Dials.DialAsync(Dials.Via(Dials.Hop(proxy.Address)), new HostPort("far.example", 443));
        await using var stream = result.Stream!;
        var read = new byte["server speaks first".Length];
        await stream.ReadExactlyAsync(read, TestContext.Current.CancellationToken);
        Assert.Equal("server speaks first", Encoding.ASCII.GetString(read));
        // Who moves the socket's bytes himself is given the same once.
        Assert.Equal("server speaks first"[..result.Leftover.Length], Encoding.ASCII.GetString(result.Leftover.Span));
    }

    [Fact(Timeout = 60_000)]
    public async Task Early_bytes_of_a_first_hop_that_hold_the_answer_of_the_second_are_given_once()
    {
        // One segment: the first hop's 200, the second's 200, and the destination's first words.
        await using var proxy = Peer.Answering("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + new string('x', 6000));
        var hop = Dials.Hop(proxy.Address);
        var result = await Dials.DialAsync(Dials.Via(hop, hop with { Name = "second" }), new HostPort("far.example", 443));
        await using var stream = result.Stream!;
        var leftover = result.Leftover.Length;
        var read = new byte[leftover];
        await stream.ReadExactlyAsync(read, TestContext.Current.CancellationToken);
        Assert.All(read, b => Assert.Equal((byte)'x', b));
        Assert.True(result.Leftover.Length <= 6000);
    }

    [Fact(Timeout = 60_000)]
    public async Task Chain_set_but_its_hop_unreachable_never_goes_direct()
    {
        await using var echo = Peer.Echo();
        HostPort gone;
        await using (var closed = Peer.Silent())
        {
            gone = closed.Address;
        }

        await using var alive = new GoodProxy();
        foreach (var route in new[]
        {
            Dials.Via(Dials.Hop(gone)),
            Dials.Via(Dials.Hop(alive.Address), Dials.Hop(gone, name: "second")),
            Dials.Via(Dials.Hop(gone), Dials.Hop(alive.Address, name: "second")),
        })
        {
            var result = await Dials.DialAsync(route, echo.Address);
            Assert.False(result.Succeeded);
            Assert.NotNull(result.Trace.Failure);
        }

        Assert.Equal(0, echo.Accepted);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_forwarded_hop_is_not_dialled_by_the_sensor()
    {
        await using var echo = Peer.Echo();
        await using var first = new GoodProxy();
        await using var parent = new GoodProxy();
        var result = await Dials.DialAsync(
            Dials.Via(Dials.Hop(first.Address), Dials.Hop(parent.Address, name: "parent") with { Reach = HopReach.Forwarded }), echo.Address);
        await using var stream = result.Stream!;
        Assert.Equal([echo.Address.ToString()], first.Targets);
        Assert.Equal(0, parent.Accepted);
    }

    [Fact(Timeout = 60_000)]
    public async Task Names_are_resolved_by_the_hop_unless_the_sensor_is_told_to()
    {
        await using var echo = Peer.Echo();
        await using var proxy = new GoodProxy(map: h => new HostPort("127.0.0.1", h.Port));
        await using var socks = new GoodSocks(always: echo.Address);
        var name = new HostPort("portal.example", echo.Address.Port);
        var options = Dials.Hosts("portal.example", IPAddress.Loopback);
        foreach (var hop in new[] { Dials.Hop(proxy.Address), Dials.Hop(socks.Address, HopScheme.Socks5) })
        {
            foreach (var names in new[] { NameResolution.ByHop, NameResolution.BySensor })
            {
                var result = await Dials.DialAsync(Dials.Via(hop with { Names = names }), name, options);
                await using var stream = result.Stream!;
                await Dials.EchoesAsync(stream);
            }
        }

        Assert.Equal([$"portal.example:{name.Port}", $"127.0.0.1:{name.Port}"], proxy.Targets);
        Assert.Equal([$"3 portal.example:{name.Port}", $"1 127.0.0.1:{name.Port}"], socks.Targets);
    }

    [Fact(Timeout = 60_000)]
    public async Task Fields_of_the_caller_go_to_the_first_hop_alone()
    {
        await using var echo = Peer.Echo();
        await using var first = new GoodProxy();
        await using var second = new GoodProxy();
        var dialer = new TunnelDialer(Dials.Patient, TimeProvider.System);
        var result = await dialer.DialAsync(
            Dials.Via(Dials.Hop(first.Address), Dials.Hop(second.Address, name: "second")), echo.Address, [new("Via", "1.1 plant")], TestContext.Current.CancellationToken);
        await using var stream = result.Stream!;
        Assert.Contains("Via: 1.1 plant", first.Requests.Single());
        Assert.DoesNotContain("Via", second.Requests.Single());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_callers_cancellation_is_thrown_and_closes_every_leg()
    {
        await using var silent = Peer.Silent();
        using var cancel = new CancellationTokenSource();
        var dial = new TunnelDialer(Dials.Patient, TimeProvider.System).DialAsync(Dials.Via(Dials.Hop(silent.Address)), new HostPort("a.example", 1), cancel.Token).AsTask();
        await Dials.UntilAsync(() => !silent.Requests.IsEmpty);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial);
    }
}
