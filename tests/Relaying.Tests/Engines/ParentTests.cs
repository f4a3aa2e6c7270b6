using System.Net;
using System.Net.Sockets;
using Culvert.Relaying.Tests.Harness;

namespace Culvert.Relaying.Tests.Engines;

public abstract class ParentTests : EngineTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_chain_passes_bytes_and_says_its_whole_way()
    {
        await using var echo = TestDestination.Echoing();
        await using var far = NewProxy(TestProxy.Settings(echo.Port) with { Name = "dmz" });
        await using var near = NewProxy(TestProxy.Settings(echo.Port) with { Name = "plant", Parents = [Parent("dmz", far.Address.Port)] });
        using var client = await near.ConnectAsync();
        await client.SendAsync($"CONNECT cloud.example.com:{echo.Port} HTTP/1.1\r\nHost: cloud.example.com:{echo.Port}\r\n\r\nearly");
        var head = await client.ReadHeadAsync();
        Assert.Contains($"Proxy-Status: dmz; next-hop=\"127.0.0.1:{echo.Port}\", plant; next-hop=dmz\r\n", head, StringComparison.Ordinal);
        Assert.Equal("early", await client.ReadAsync(5));
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task Bytes_that_come_with_a_parents_answer_are_not_lost()
    {
        await using var parent = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(1) with { Parents = [Parent("other", parent.Port)] });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\n\r\n");
        using var asked = await AcceptRequestAsync(parent);
        await asked.SendAsync("HTTP/1.0 200 OK\r\nVia: 1.0 x\r\n\r\nbanner");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("banner", await client.ReadAsync(6));
        await client.SendAsync("hi");
        Assert.Equal("hi", await asked.ReadAsync(2));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_next_parent_is_taken_when_one_is_down_and_the_preferred_one_when_it_is_back()
    {
        await using var echo = TestDestination.Echoing();
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var firstPort = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        await using var second = NewProxy(TestProxy.Settings(echo.Port) with { Name = "second" });
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with
        {
            Parents = [Parent("first", firstPort, priority: 1), Parent("second", second.Address.Port, priority: 2)],
        });
        for (var i = 0; i < 5; i++)
        {
            Assert.Contains("next-hop=second", await proxy.AskForAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
        }

        Assert.NotNull(proxy.Server.ParentHealth.Single(p => p.Key == "first").Value);
        Assert.True((await proxy.Server.CheckHealthAsync(TestContext.Current.CancellationToken)).Well);

        reserved.Dispose();
        await using var first = NewProxy(
            TestProxy.Settings(echo.Port) with { Name = "first" }, new ListenerSettings { EndPoint = new IPEndPoint(IPAddress.Loopback, firstPort) });
        await Wait.UntilAsync(() => proxy.Server.ParentHealth.Single(p => p.Key == "first").Value is null, "the first parent is found to be back");
        Assert.Contains("next-hop=first", await proxy.AskForAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_parent_that_is_the_only_one_is_used_at_the_first_request_after_it_is_back()
    {
        await using var echo = TestDestination.Echoing();
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with { Parents = [Parent("only", port)] });
        for (var i = 0; i < 3; i++)
        {
            var answer = await proxy.AskForAsync($"127.0.0.1:{echo.Port}");
            Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
            Assert.Contains("only: ConnectionRefused", answer, StringComparison.Ordinal);
        }

        Assert.False((await proxy.Server.CheckHealthAsync(TestContext.Current.CancellationToken)).Well);
        reserved.Dispose();
        await using var only = NewProxy(
            TestProxy.Settings(echo.Port) with { Name = "only" }, new ListenerSettings { EndPoint = new IPEndPoint(IPAddress.Loopback, port) });
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_destinations_do_never_marks_a_parent_down()
    {
        await using var echo = TestDestination.Echoing();
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var dead = ((IPEndPoint)closed.LocalEndPoint!).Port;
        await using var parent = NewProxy(TestProxy.Settings(echo.Port, dead) with { Name = "parent" });
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port, dead, 2) with { Parents = [Parent("parent", parent.Address.Port)] });
        for (var i = 0; i < 30; i++)
        {
            var refused = await proxy.AskForAsync($"127.0.0.1:{dead}");
            Assert.StartsWith("HTTP/1.1 502 ", refused, StringComparison.Ordinal);
            Assert.Contains($"Proxy-Status: parent; error=connection_refused; next-hop=\"127.0.0.1:{dead}\"", refused, StringComparison.Ordinal);
            Assert.Contains("test-proxy; next-hop=parent; received-status=502", refused, StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskForAsync("127.0.0.1:2"), StringComparison.Ordinal);
        }

        Assert.Null(proxy.Server.ParentHealth.Single().Value);
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task With_parents_set_nothing_goes_direct_when_none_of_them_works()
    {
        // The destination is one hop away and would answer: Squid goes there in this case.
        await using var destination = TestDestination.Manual();
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var garbage = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(destination.Port) with
        {
            Parents = [Parent("gone", ((IPEndPoint)closed.LocalEndPoint!).Port, priority: 1), Parent("no-proxy", garbage.Port, priority: 2)],
        });
        for (var i = 0; i < 3; i++)
        {
            Assert.StartsWith("HTTP/1.1 50", await proxy.AskForAsync($"127.0.0.1:{destination.Port}"), StringComparison.Ordinal);
        }

        Assert.Equal(0, destination.Accepted);
        Assert.False((await proxy.Server.CheckHealthAsync(TestContext.Current.CancellationToken)).Well);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("403 Forbidden", "ERR_ACCESS_DENIED 0", 10)]
    [InlineData("503 Service Unavailable", "ERR_CONNECT_FAIL 111", 24)]
    [InlineData("500 Internal Server Error", "ERR_CANNOT_FORWARD 0", 100)]
    public async Task What_a_foreign_parent_answers_for_one_destination_leaves_the_others_at_100_per_cent(string status, string error, int times)
    {
        // Squid's own answers: a refusal, a closed port, a name that does not exist.
        await using var parent = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(1, 2) with { Parents = [Parent("squid", parent.Port)] });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var serving = ServeAsync();
        for (var i = 0; i < times; i++)
        {
            Assert.DoesNotContain("HTTP/1.1 200 ", await proxy.AskForAsync("cloud.example.com:1"), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync("cloud.example.com:2"), StringComparison.Ordinal);
        }

        Assert.Null(proxy.Server.ParentHealth.Single().Value);
        await end.CancelAsync();
        await serving;

        async Task ServeAsync()
        {
            // Probes come as well, and say what they like.
            var all = new List<Task>();
            while (!end.IsCancellationRequested)
            {
                TestClient asked;
                try
                {
                    asked = await parent.AcceptAsync().WaitAsync(end.Token);
                }
                catch (OperationCanceledException)
                {
                    break;
                }

                all.Add(AnswerAsync(asked));
            }

            await Task.WhenAll(all);
        }

        async Task AnswerAsync(TestClient asked)
        {
            using (asked)
            {
                try
                {
                    var request = await asked.ReadHeadAsync();
                    await asked.SendAsync(request.Contains("cloud.example.com:1 ", StringComparison.Ordinal)
                        ? $"HTTP/1.1 {status}\r\nServer: squid/5.7\r\nX-Squid-Error: {error}\r\nContent-Length: 0\r\n\r\n"
                        : "HTTP/1.1 200 Connection established\r\n\r\n");
                }
                catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException)
                {
                    // A probe that went away.
                }
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_parent_that_accepts_and_never_answers_is_left_for_the_next()
    {
        await using var echo = TestDestination.Echoing();
        await using var silent = TestDestination.Manual();
        await using var second = NewProxy(TestProxy.Settings(echo.Port) with { Name = "second" });
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with
        {
            Parents = [Parent("silent", silent.Port, priority: 1), Parent("second", second.Address.Port, priority: 2)],
        });
        Assert.Contains("next-hop=second", await proxy.AskForAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
        await Wait.UntilAsync(() => proxy.Server.ParentHealth.Single(p => p.Key == "silent").Value is not null, "a probe finds the silent parent down");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("X-Squid-Error: ERR_DNS_FAIL 0", true)]
    [InlineData("X-Squid-Error: ERR_CONNECT_FAIL 111", true)]
    [InlineData("X-Other: says nothing of why", false)]
    public async Task A_probe_takes_a_parent_for_well_that_only_misses_the_probes_name(string field, bool well)
    {
        await using var parent = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(1) with { Parents = [Parent("squid", parent.Port)] });
        var answered = 0;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var serving = ServeAsync();
        await Wait.UntilAsync(() => Volatile.Read(ref answered) > 0 && proxy.Server.ParentHealth.Single().Value is null == well, "a probe was judged");
        await Wait.UntilAsync(() => Volatile.Read(ref answered) > 1, "another probe was answered");
        Assert.Equal(well, proxy.Server.ParentHealth.Single().Value is null);
        await end.CancelAsync();
        await serving;

        async Task ServeAsync()
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    using var asked = await parent.AcceptAsync().WaitAsync(end.Token);
                    Assert.Contains("probe.culvert.invalid:443", await asked.ReadHeadAsync(), StringComparison.Ordinal);
                    await asked.SendAsync($"HTTP/1.1 503 Service Unavailable\r\nServer: squid/5.7\r\n{field}\r\nContent-Length: 0\r\n\r\n");
                    Interlocked.Increment(ref answered);
                }
                catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException)
                {
                    // The test ends, or the proxy went away.
                }
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_loop_is_refused_and_named()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        reserved.Dispose();
        await using var proxy = NewProxy(
            TestProxy.Settings(1) with { Name = "ring", Parents = [Parent("ring", port)] },
            new ListenerSettings { EndPoint = new IPEndPoint(IPAddress.Loopback, port) });
        var answer = await proxy.AskForAsync("cloud.example.com:1");
        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Contains("error=proxy_loop_detected", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Too_many_hops_and_a_level_that_is_not_taken_are_refused_by_the_rules_name()
    {
        await using var proxy = NewProxy(TestProxy.Settings(1) with
        {
            Levels = new LevelPolicy { Level = PurdueLevel.Parse("3"), TakesFrom = [PurdueLevel.Parse("2")], MaxHops = 3 },
        });
        Assert.Contains("rule proxy.maxHops", await proxy.AskForAsync("127.0.0.1:1", "Via: 1.1 a, 1.1 b, 1.1 c\r\n"), StringComparison.Ordinal);
        var answer = await proxy.AskForAsync("127.0.0.1:1", "Via: 1.1 office (level 4)\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("rule proxy.takesFrom allows 2", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_level_is_known_by_the_source_or_by_via_and_nobody_gets_in_by_saying_nothing()
    {
        await using var echo = TestDestination.Echoing();
        var settings = TestProxy.Settings(echo.Port) with { Levels = new LevelPolicy { Level = PurdueLevel.Parse("3"), TakesFrom = [PurdueLevel.Parse("2")] } };
        await using var proxy = NewProxy(settings);
        var destination = $"127.0.0.1:{echo.Port}";
        var answer = await proxy.AskForAsync(destination);
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("a level that nobody says; rule proxy.takesFrom allows 2", answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync(destination, "Via: 1.1 below (level 2)\r\n"), StringComparison.Ordinal);

        proxy.Server.Apply(settings with { SourceLevels = [new SourceLevel(IPNetwork.Parse("127.0.0.0/8"), PurdueLevel.Parse("2"))] });
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync(destination), StringComparison.Ordinal);

        // What is set for a source holds, whatever it says of itself.
        proxy.Server.Apply(settings with { SourceLevels = [new SourceLevel(IPNetwork.Parse("127.0.0.0/8"), PurdueLevel.Parse("4"))] });
        Assert.Contains("it comes from level 4; rule proxy.takesFrom", await proxy.AskForAsync(destination, "Via: 1.1 liar (level 2)\r\n"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_name_that_leads_to_a_private_address_is_refused_before_a_parent_is_asked_for_the_address()
    {
        await using var parent = TestDestination.Manual();
        var set = Parent("other", parent.Port);
        await using var proxy = NewProxy(TestProxy.Settings(1) with
        {
            PrivateDestinations = [],
            Parents = [set with { Hop = set.Hop with { Names = NameResolution.BySensor } }],
        });
        var answer = await proxy.AskForAsync("cloud.example.com:1");
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("error=destination_ip_prohibited", answer, StringComparison.Ordinal);
        Assert.Contains("cloud.example.com leads to 127.0.0.1", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_parents_that_never_answer_are_left_for_the_third()
    {
        await using var echo = TestDestination.Echoing();
        await using var silent = TestDestination.Manual();
        await using var mute = TestDestination.Manual();
        await using var third = NewProxy(TestProxy.Settings(echo.Port) with { Name = "third" });
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with
        {
            Parents = [Parent("silent", silent.Port, priority: 1), Parent("mute", mute.Port, priority: 2), Parent("third", third.Address.Port, priority: 3)],
        });
        Assert.Contains("next-hop=third", await proxy.AskForAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Nothing_goes_direct_while_no_parent_works()
    {
        await using var echo = TestDestination.Echoing();
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with { Parents = [Parent("gone", ((IPEndPoint)closed.LocalEndPoint!).Port)] });
        for (var i = 0; i < 10; i++)
        {
            Assert.StartsWith("HTTP/1.1 503 ", await proxy.AskForAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
        }

        Assert.Equal(0, echo.Accepted);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_name_that_was_reached_elsewhere_than_set_is_refused()
    {
        await using var parent = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(1) with { Parents = [Parent("other", parent.Port)] });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\n\r\n");
        using var asked = await AcceptRequestAsync(parent);
        await asked.SendAsync("HTTP/1.1 200 OK\r\nProxy-Status: other; next-hop=\"203.0.113.66:1\"\r\n\r\n");
        var answer = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Contains("was reached at 203.0.113.66", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_parent_may_be_asked_for_addresses_only_and_a_name_without_one_is_not_its_fault()
    {
        await using var echo = TestDestination.Echoing();
        await using var parent = NewProxy(TestProxy.Settings(echo.Port) with { Name = "parent", Allow = [new HostPort("127.0.0.1", echo.Port)] });
        var settings = TestProxy.Settings(echo.Port);
        var set = Parent("parent", parent.Address.Port);
        await using var proxy = NewProxy(settings with
        {
            Allow = [.. settings.Allow, new HostPort("no-such-name.invalid", 443)],
            Parents = [set with { Hop = set.Hop with { Names = NameResolution.BySensor } }],
        });
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync($"cloud.example.com:{echo.Port}"), StringComparison.Ordinal);
        var answer = await proxy.AskForAsync("no-such-name.invalid:443");
        Assert.Contains("error=dns_", answer, StringComparison.Ordinal);
        // Neither that nor a probe marks it down.
        Assert.True((await proxy.Server.CheckHealthAsync(TestContext.Current.CancellationToken)).Well);
        Assert.Null(proxy.Server.ParentHealth.Single().Value);
    }

    [Fact(Timeout = 120_000)]
    public async Task Via_tells_the_parent_the_way_and_the_level()
    {
        await using var parent = TestDestination.Manual();
        await using var proxy = NewProxy(TestProxy.Settings(1) with { Parents = [Parent("other", parent.Port)], Levels = new LevelPolicy { Level = PurdueLevel.IndustrialDmz } });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\nVia: 1.1 below (level 3)\r\nProxy-Authorization: Basic c2VjcmV0OnM=\r\n\r\n");
        while (true)
        {
            // The health probe asks too.
            using var asked = await parent.AcceptAsync();
            var head = await asked.ReadHeadAsync();
            if (head.Contains("cloud.example.com", StringComparison.Ordinal))
            {
                Assert.Contains("Via: 1.1 below (level 3), 1.1 test-proxy (level 3.5)\r\n", head, StringComparison.Ordinal);
                Assert.DoesNotContain("Authorization", head, StringComparison.Ordinal);
                return;
            }
        }
    }

    private static ParentSettings Parent(string name, int port, int priority = 1) =>
        new(new Hop { Name = name, Address = new HostPort("127.0.0.1", port) }, priority);

    /// <summary>The connection that asks for the destination; those of health probes are refused as any proxy would.</summary>
    private static async Task<TestClient> AcceptRequestAsync(TestDestination parent)
    {
        while (true)
        {
            var asked = await parent.AcceptAsync();
            if ((await asked.ReadHeadAsync()).Contains("cloud.example.com", StringComparison.Ordinal))
            {
                return asked;
            }

            await asked.SendAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            asked.Dispose();
        }
    }
}

public sealed class ManagedParentTests : ParentTests
{
    protected override RelayEngine NewEngine() => Managed();
}

public sealed class SplicedParentTests : ParentTests
{
    protected override RelayEngine NewEngine() => Splicing();
}
