using System.Net.Sockets;
using System.Security.Cryptography;
using Culvert.Relaying.Tests.Harness;

namespace Culvert.Relaying.Tests.Engines;

public abstract class MovingTests : EngineTests
{
    [Fact(Timeout = 120_000)]
    public async Task Bytes_pass_both_ways_and_the_address_reached_is_told()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync($"CONNECT cloud.example.com:{echo.Port} HTTP/1.1\r\nHost: cloud.example.com:{echo.Port}\r\n\r\n");
        var head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        Assert.Contains($"Proxy-Status: test-proxy; next-hop=\"127.0.0.1:{echo.Port}\"\r\n", head, StringComparison.Ordinal);

        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await client.ReadToEndAsync());
        await Wait.UntilAsync(() => proxy.Server.Counters.Connections == 0, "the tunnel ends");
        Assert.Equal(1, proxy.Server.Counters.Ended(TunnelEnd.Closed));
        Assert.Equal((5, 5), (proxy.Server.Counters.BytesUp, proxy.Server.Counters.BytesDown));
        Assert.Contains(proxy.LogLines, l => l.Contains($"cloud.example.com:{echo.Port} by 127.0.0.1:{echo.Port} ended Closed: 5 up, 5 down", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task Bytes_that_come_with_the_request_are_passed_on()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync($"CONNECT 127.0.0.1:{echo.Port} HTTP/1.1\r\nHost: 127.0.0.1:{echo.Port}\r\n\r\nearly bird");
        await client.ReadHeadAsync();
        Assert.Equal("early bird", await client.ReadAsync(10));
        await client.SendAsync(" and more");
        Assert.Equal(" and more", await client.ReadAsync(9));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_request_may_come_byte_by_byte()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port));
        using var client = await proxy.ConnectAsync();
        foreach (var c in $"CONNECT 127.0.0.1:{echo.Port} HTTP/1.1\r\nHost: 127.0.0.1:{echo.Port}\r\nX-Long: {new string('x', 60)}\r\n\r\nz")
        {
            await client.SendAsync(c.ToString());
        }

        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("z", await client.ReadAsync(1));
    }

    [Fact(Timeout = 120_000)]
    public async Task One_side_may_close_its_half_and_still_be_answered()
    {
        await using var destination = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(destination.Port));
        using var client = await proxy.OpenAsync(destination.Port);
        using var server = await destination.AcceptAsync();

        await client.SendAsync("question");
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("question", await server.ReadToEndAsync());
        await server.SendAsync("answer");
        Assert.Equal("answer", await client.ReadAsync(6));
        server.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task The_destination_may_close_its_half_first()
    {
        await using var destination = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(destination.Port));
        using var client = await proxy.OpenAsync(destination.Port);
        using var server = await destination.AcceptAsync();

        await server.SendAsync("bye");
        server.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("bye", await client.ReadToEndAsync());
        await client.SendAsync("still here");
        Assert.Equal("still here", await server.ReadAsync(10));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reset_of_the_client_reaches_the_destination()
    {
        await using var destination = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(destination.Port));
        var client = await proxy.OpenAsync(destination.Port);
        using var server = await destination.AcceptAsync();
        await client.SendAsync("x");
        await server.ReadAsync(1);
        client.Reset();
        Assert.True(await server.EndsWithResetAsync());
        await Wait.UntilAsync(() => proxy.Server.Counters.Ended(TunnelEnd.ClientReset) == 1, "the tunnel ends by the client's reset");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reset_of_the_destination_reaches_the_client()
    {
        await using var destination = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(destination.Port));
        using var client = await proxy.OpenAsync(destination.Port);
        var server = await destination.AcceptAsync();
        await client.SendAsync("x");
        await server.ReadAsync(1);
        server.Reset();
        Assert.True(await client.EndsWithResetAsync());
        await Wait.UntilAsync(() => proxy.Server.Counters.Ended(TunnelEnd.UpstreamReset) == 1, "the tunnel ends by the destination's reset");
    }

    [Fact(Timeout = 120_000)]
    public async Task Many_bytes_pass_both_ways_at_once_unchanged()
    {
        const int size = 6 * 1024 * 1024;
        await using var destination = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(destination.Port));
        using var client = await proxy.OpenAsync(destination.Port);
        using var server = await destination.AcceptAsync();
        var random = new Random(7);
        var (up, down) = (new byte[size], new byte[size]);
        random.NextBytes(up);
        random.NextBytes(down);

        var sending = Task.WhenAll(client.SendAsync(up), server.SendAsync(down));
        var reading = await Task.WhenAll(server.ReadBytesAsync(size), client.ReadBytesAsync(size));
        await sending;
        Assert.Equal(SHA256.HashData(up), SHA256.HashData(reading[0]));
        Assert.Equal(SHA256.HashData(down), SHA256.HashData(reading[1]));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reader_that_does_not_read_holds_the_sender_back_and_loses_nothing()
    {
        await using var destination = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(destination.Port));
        using var client = await proxy.OpenAsync(destination.Port);
        using var server = await destination.AcceptAsync();

        // Send until nothing more is taken: the buffers on the way are full.
        client.Socket.Blocking = false;
        var chunk = new byte[64 * 1024];
        long sent = 0;
        for (var full = 0; full < 25;)
        {
            var taken = client.Socket.Send(chunk, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                full++;
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                continue;
            }

            Assert.Equal(SocketError.Success, error);
            (sent, full) = (sent + taken, 0);
            Assert.True(sent < 256 * 1024 * 1024, "The sender is not held back.");
        }

        // Another tunnel is not troubled by it.
        using var other = await proxy.OpenAsync(destination.Port);
        using var otherServer = await destination.AcceptAsync();
        await other.SendAsync("x");
        Assert.Equal("x", await otherServer.ReadAsync(1));

        client.Socket.Shutdown(SocketShutdown.Send);
        long received = 0;
        using var deadline = new CancellationTokenSource(TestClient.Limit);
        while (await server.Socket.ReceiveAsync(chunk, deadline.Token) is > 0 and var read)
        {
            received += read;
        }

        Assert.Equal(sent, received);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_idle_tunnel_is_cut_and_the_log_says_so()
    {
        await using var destination = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(destination.Port) with { Limits = new RelayLimits { IdleTimeout = TimeSpan.FromSeconds(1) } });
        using var client = await proxy.OpenAsync(destination.Port);
        using var server = await destination.AcceptAsync();
        await client.EndsWithResetAsync();
        await server.EndsWithResetAsync();
        await Wait.UntilAsync(() => proxy.Server.Counters.Ended(TunnelEnd.Idle) == 1, "the tunnel ends idle");
        Assert.Contains(proxy.LogLines, l => l.Contains("ended Idle", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task Many_tunnels_at_once_and_in_a_row_leave_no_descriptor_behind()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port));
        for (var round = 0; round < 5; round++)
        {
            var clients = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => proxy.OpenAsync(echo.Port)));
            await Task.WhenAll(clients.Select(async c =>
            {
                await c.SendAsync("ping");
                Assert.Equal("ping", await c.ReadAsync(4));
            }));
            for (var i = 0; i < clients.Length; i++)
            {
                if (i % 3 == 0)
                {
                    clients[i].Reset();
                }
                else
                {
                    clients[i].Dispose();
                }
            }
        }

        await Wait.UntilAsync(() => proxy.Server.Counters.Connections == 0, "all tunnels end");
        Assert.Equal(500, proxy.Server.Counters.OpenedTunnels);
        Assert.Equal((2000, 2000), (proxy.Server.Counters.BytesUp, proxy.Server.Counters.BytesDown));
    }

    [Fact(Timeout = 120_000)]
    public async Task Draining_lets_open_tunnels_end_and_cuts_those_that_do_not()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with { Limits = new RelayLimits { DrainTimeout = TimeSpan.FromSeconds(2) } });
        using var ends = await proxy.OpenAsync(echo.Port);
        using var stays = await proxy.OpenAsync(echo.Port);
        var drain = proxy.Server.DrainAsync(TestContext.Current.CancellationToken);
        Assert.True(proxy.Server.IsDraining);
        await ends.SendAsync("last words");
        Assert.Equal("last words", await ends.ReadAsync(10));
        ends.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await ends.ReadToEndAsync());
        await Assert.ThrowsAsync<SocketException>(() => TestClient.ConnectAsync(proxy.Address));
        await drain;
        await stays.EndsWithResetAsync();
        await Wait.UntilAsync(() => proxy.Server.Counters.Connections == 0, "the cut tunnel ends");
        Assert.Equal(1, proxy.Server.Counters.Ended(TunnelEnd.Drained));
        Assert.False((await proxy.Server.CheckHealthAsync(TestContext.Current.CancellationToken)).Well);
    }
}

public sealed class ManagedMovingTests : MovingTests
{
    protected override RelayEngine NewEngine() => Managed();
}

public sealed class SplicedMovingTests : MovingTests
{
    protected override RelayEngine NewEngine() => Splicing();

    [Fact(Timeout = 120_000)]
    public async Task Idle_tunnels_hold_no_pipes()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port));
        var before = Pipes();
        var clients = new List<TestClient>();
        for (var i = 0; i < 300; i++)
        {
            var client = await proxy.OpenAsync(echo.Port);
            await client.SendAsync("x");
            await client.ReadAsync(1);
            clients.Add(client);
        }

        // Other tests of this process may have pipes of their own; 300 tunnels would need 600 ends.
        Assert.InRange(Pipes() - before, int.MinValue, 200);
        clients.ForEach(c => c.Dispose());
    }

    private static int Pipes() => Directory.EnumerateFiles("/proc/self/fd").Count(f => new FileInfo(f).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);
}

/// <summary>When all pipes are taken, tunnels copy.</summary>
public sealed class WithoutPipesMovingTests : MovingTests
{
    protected override RelayEngine NewEngine() => Splicing(maxPipes: 0);
}
