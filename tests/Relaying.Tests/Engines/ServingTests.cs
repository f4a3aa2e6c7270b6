using System.Net;
using System.Text;
using Culvert.Relaying.Tests.Harness;

namespace Culvert.Relaying.Tests.Engines;

public abstract class ServingTests : EngineTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("GET http://cloud.example.com/ HTTP/1.1\r\nHost: cloud.example.com\r\n\r\n", 405)]
    [InlineData("CONNECT cloud.example.com HTTP/1.1\r\nHost: cloud.example.com\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:22 HTTP/1.1\r\nHost: cloud.example.com:22\r\n\r\n", 403)]
    [InlineData("CONNECT other.example.com:443 HTTP/1.1\r\nHost: other.example.com:443\r\n\r\n", 403)]
    [InlineData("CONNECT *.example.com:443 HTTP/1.1\r\nHost: *.example.com:443\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: evil.example.com:1\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\nHost: cloud.example.com:1\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\nContent-Length: 5\r\n\r\nhello", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\nX: a\r\n folded\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost : cloud.example.com:1\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\nX: a\0b\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\nX: a\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\nX: a\rY: b\r\n\r\n", 400)]
    [InlineData("CONNECT  cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\n\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/2.0\r\nHost: cloud.example.com:1\r\n\r\n", 400)]
    [InlineData("CONNECT user@cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001 this is a TLS handshake", 400)]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\nHost: cloud.example.com:1\n\n", 400)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\n", 400)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 405)]
    [InlineData("CONNECT 2130706433:1 HTTP/1.1\r\nHost: 2130706433:1\r\n\r\n", 400)]
    [InlineData("CONNECT 0177.0.0.1:1 HTTP/1.1\r\nHost: 0177.0.0.1:1\r\n\r\n", 400)]
    [InlineData("CONNECT 0x7f.1:1 HTTP/1.1\r\nHost: 0x7f.1:1\r\n\r\n", 400)]
    [InlineData("CONNECT [::ffff:169.254.169.254]:80 HTTP/1.1\r\nHost: [::ffff:169.254.169.254]:80\r\n\r\n", 403)]
    [InlineData("CONNECT cloud.example.com:1 HTTP/1.1\r\nHost: cloud.example.com:1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    public async Task What_is_not_allowed_or_not_clear_is_refused_and_told(string request, int status)
    {
        await using var proxy = NewProxy(TestProxy.Settings(1));
        var answer = await proxy.AskAsync(request);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Proxy-Status: test-proxy; error=", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(0, proxy.Server.Counters.OpenedTunnels);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_request_that_does_not_end_in_time_is_answered_408()
    {
        await using var proxy = NewProxy(TestProxy.Settings(1) with { Limits = new RelayLimits { RequestTimeout = TimeSpan.FromSeconds(1) } });
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("CONNECT cloud.example");
        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_head_that_is_too_large_is_answered_431()
    {
        await using var proxy = NewProxy(TestProxy.Settings(1));
        var answer = await proxy.AskAsync($"CONNECT cloud.example.com:1 HTTP/1.1\r\nX: {new string('x', 20_000)}");
        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
        answer = await proxy.AskForAsync("cloud.example.com:1", string.Concat(Enumerable.Range(0, 200).Select(i => $"X{i}: y\r\n")));
        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Sources_are_denied_unless_listed()
    {
        await using var proxy = NewProxy(TestProxy.Settings(1) with { Sources = [IPNetwork.Parse("10.0.0.0/8")] });
        var answer = await proxy.AskForAsync("cloud.example.com:1");
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("the source 127.0.0.1 is not allowed", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Private_destinations_are_refused_unless_listed_whatever_the_name_says()
    {
        await using var proxy = NewProxy(TestProxy.Settings(1) with { PrivateDestinations = [] });
        foreach (var destination in new[] { "127.0.0.1:1", "cloud.example.com:1" })
        {
            var answer = await proxy.AskForAsync(destination);
            Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
            Assert.Contains("error=destination_ip_prohibited", answer, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_destination_that_refuses_is_answered_502_with_its_address()
    {
        // Bound and not listening: nobody else gets the port, and connections are refused.
        using var closed = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)closed.LocalEndPoint!).Port;
        await using var proxy = NewProxy(TestProxy.Settings(port));
        var answer = await proxy.AskForAsync($"cloud.example.com:{port}");
        Assert.StartsWith("HTTP/1.1 502 ", answer, StringComparison.Ordinal);
        Assert.Contains($"Proxy-Status: test-proxy; error=connection_refused; next-hop=\"127.0.0.1:{port}\"", answer, StringComparison.Ordinal);
        Assert.False((await proxy.Server.CheckHealthAsync(TestContext.Current.CancellationToken)).Well);
    }

    [Fact(Timeout = 120_000)]
    public async Task Credentials_are_required_verified_and_bound_to_destinations()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with
        {
            Identities =
            [
                new ClientIdentity { Name = "cell-1", PasswordHash = PasswordHash.Create("pä:ss", PasswordHash.MinIterations) },
                new ClientIdentity
                {
                    Name = "cell-2",
                    PasswordHash = PasswordHash.Create("two", PasswordHash.MinIterations),
                    Destinations = [new HostPort("cloud.example.com", echo.Port)],
                },
            ],
        });
        var destination = $"127.0.0.1:{echo.Port}";
        var none = await proxy.AskForAsync(destination);
        Assert.StartsWith("HTTP/1.1 407 ", none, StringComparison.Ordinal);
        Assert.Contains("Proxy-Authenticate: Basic realm=", none, StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            Assert.StartsWith("HTTP/1.1 407 ", await proxy.AskForAsync(destination, Basic("cell-1:wrong")), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 407 ", await proxy.AskForAsync(destination, Basic("nobody:pä:ss")), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync(destination, Basic("cell-1:pä:ss")), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskForAsync(destination, Basic("cell-2:two")), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync($"cloud.example.com:{echo.Port}", Basic("cell-2:two")), StringComparison.Ordinal);
        }

        Assert.StartsWith("HTTP/1.1 407 ", await proxy.AskForAsync(destination, "Proxy-Authorization: Digest x\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain(proxy.LogLines, l => l.Contains("pä:ss", StringComparison.Ordinal) || l.Contains(Basic("cell-1:pä:ss")[27..40], StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task Limits_are_told_in_all_and_by_source()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with { Limits = new RelayLimits { TunnelsPerSource = 2 } });
        using var one = await proxy.OpenAsync(echo.Port);
        using var two = await proxy.OpenAsync(echo.Port);
        var answer = await proxy.AskForAsync($"127.0.0.1:{echo.Port}");
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("error=connection_limit_reached", answer, StringComparison.Ordinal);
        Assert.Contains("limits.tunnelsPerSource", answer, StringComparison.Ordinal);

        proxy.Server.Apply(proxy.Server.Settings with { Limits = new RelayLimits { Tunnels = 2 } });
        Assert.Contains("limits.tunnels)", await proxy.AskForAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
        two.Dispose();
        await Wait.UntilAsync(() => proxy.Server.Counters.Connections == 1, "one tunnel is left");
        using var three = await proxy.OpenAsync(echo.Port);
    }

    [Fact(Timeout = 120_000)]
    public async Task New_settings_hold_for_new_tunnels_and_leave_open_ones_alone()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port));
        using var open = await proxy.OpenAsync(echo.Port);
        proxy.Server.Apply(TestProxy.Settings(1));
        Assert.StartsWith("HTTP/1.1 403 ", await proxy.AskForAsync($"127.0.0.1:{echo.Port}"), StringComparison.Ordinal);
        await open.SendAsync("on");
        Assert.Equal("on", await open.ReadAsync(2));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_front_says_whom_it_stands_for()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(
            TestProxy.Settings(echo.Port) with { Sources = [IPNetwork.Parse("10.1.2.3/32")] },
            new ListenerSettings { EndPoint = new IPEndPoint(IPAddress.Loopback, 0), ProxyProtocolFrom = [IPNetwork.Parse("127.0.0.1/32")] });
        var request = $"CONNECT 127.0.0.1:{echo.Port} HTTP/1.1\r\nHost: 127.0.0.1:{echo.Port}\r\n\r\n";

        var front = "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u000a\u0001\u0002\u0003\u007f\0\0\u0001\u0012\u0034\u0001\u00bb";
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskAsync(front + request), StringComparison.Ordinal);
        var other = front.Replace("\u000a\u0001\u0002\u0003", "\u000a\u0001\u0002\u0004", StringComparison.Ordinal);
        Assert.Contains("the source 10.1.2.4 is not allowed", await proxy.AskAsync(other + request), StringComparison.Ordinal);
        var local = "\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0";
        Assert.Contains("the source 127.0.0.1 is not allowed", await proxy.AskAsync(local + request), StringComparison.Ordinal);

        // What comes after the addresses (TLVs: here Azure's id of a private link) is passed over.
        var tlv = front.Replace("\u0011\0\u000c", "\u0011\0\u0014", StringComparison.Ordinal) + "\u00ee\0\u0005\u0001\u0002\u0003\u0004\u0005";
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskAsync(tlv + request), StringComparison.Ordinal);
        var v6 = "\r\n\r\n\0\r\nQUIT\n\u0021\u0021\0\u0024" + new string('\0', 15) + "\u0001" + new string('\0', 20);
        Assert.Contains("the source ::1 is not allowed", await proxy.AskAsync(v6 + request), StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("PROXY TCP4 10.1.2.3 127.0.0.1 4660 443\r\n", "a PROXY header of version 1; this listener takes version 2")]
    [InlineData("", "no PROXY header; this listener expects one of version 2")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0031\u0011\0\u000c\u000a\u0001\u0002\u0003\u007f\0\0\u0001\u0012\u0034\u0001\u00bb", "of another version than 2")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u0004\u000a\u0001\u0002\u0003", "too short for its addresses")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\u00ff\u00ff", "longer than 4096 bytes")]
    public async Task A_front_that_does_not_say_it_as_it_should_is_told(string header, string told)
    {
        await using var proxy = NewProxy(
            TestProxy.Settings(1), new ListenerSettings { EndPoint = new IPEndPoint(IPAddress.Loopback, 0), ProxyProtocolFrom = [IPNetwork.Parse("127.0.0.1/32")] });
        var answer = await proxy.AskAsync(header + "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains(told, answer, StringComparison.Ordinal);
        await Wait.UntilAsync(() => proxy.LogLines.Any(l => l.Contains(told, StringComparison.Ordinal)), "it is logged");
    }

    [Fact(Timeout = 120_000)]
    public async Task Nobody_but_a_front_says_whom_it_stands_for_and_a_front_may_look_whether_the_port_is_open()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(
            TestProxy.Settings(echo.Port) with { Sources = [IPNetwork.Parse("10.1.2.3/32")] },
            new ListenerSettings { EndPoint = new IPEndPoint(IPAddress.Loopback, 0), ProxyProtocolFrom = [IPNetwork.Parse("10.0.0.4/32")] });
        var spoofed = "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u000a\u0001\u0002\u0003\u007f\0\0\u0001\u0012\u0034\u0001\u00bb";
        Assert.Contains("the source 127.0.0.1 is not allowed", await proxy.AskAsync(spoofed + $"CONNECT 127.0.0.1:{echo.Port} HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);

        await using var fronted = NewProxy(
            TestProxy.Settings(echo.Port), new ListenerSettings { EndPoint = new IPEndPoint(IPAddress.Loopback, 0), ProxyProtocolFrom = [IPNetwork.Parse("127.0.0.1/32")] });
        using (var look = await fronted.ConnectAsync())
        {
            look.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            Assert.Equal("", await look.ReadToEndAsync());
        }

        await Wait.UntilAsync(() => fronted.Server.Counters.Ended(TunnelEnd.Abandoned) == 1, "the look is over");
        Assert.Empty(fronted.Server.Counters.Refusals);
    }

    [Fact(Timeout = 120_000)]
    public async Task Unknown_sources_never_take_the_places_of_known_ones()
    {
        await using var echo = TestDestination.Echoing();
        // Fronts say who asks: one known source, and many unknown ones that send half a request each.
        await using var proxy = NewProxy(
            TestProxy.Settings(echo.Port) with { Sources = [IPNetwork.Parse("10.1.2.3/32")], Limits = new RelayLimits { Tunnels = 10 } },
            new ListenerSettings { EndPoint = new IPEndPoint(IPAddress.Loopback, 0), ProxyProtocolFrom = [IPNetwork.Parse("127.0.0.1/32")] });
        var unknown = new List<TestClient>();
        for (var i = 0; i < 200; i++)
        {
            var client = await proxy.ConnectAsync();
            unknown.Add(client);
            await client.SendAsync("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c" + "\u000b\u0001\u0002" + (char)i + "\u007f\0\0\u0001\u0012\u0034\u0001\u00bbCONNECT ");
        }

        await Wait.UntilAsync(() => proxy.Server.Counters.Connections == 200, "all of them are there");
        var known = "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u000a\u0001\u0002\u0003\u007f\0\0\u0001\u0012\u0034\u0001\u00bb";
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskAsync(known + $"CONNECT 127.0.0.1:{echo.Port} HTTP/1.1\r\nHost: 127.0.0.1:{echo.Port}\r\n\r\n"), StringComparison.Ordinal);
        unknown.ForEach(c => c.Dispose());
    }

    [Fact(Timeout = 120_000)]
    public async Task Passwords_cannot_be_tried_for_long_and_who_knows_his_is_not_locked_out()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with
        {
            Identities = [new ClientIdentity { Name = "cell-1", PasswordHash = PasswordHash.Create("right", PasswordHash.MinIterations) }],
        });
        var destination = $"127.0.0.1:{echo.Port}";
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync(destination, Basic("cell-1:right")), StringComparison.Ordinal);
        for (var i = 0; i < 30; i++)
        {
            // One wrong password again and again is one guess.
            Assert.StartsWith("HTTP/1.1 407 ", await proxy.AskForAsync(destination, Basic("cell-1:old")), StringComparison.Ordinal);
        }

        var answers = new List<string>();
        for (var i = 0; i < GuessLimit.Allowed + 5; i++)
        {
            answers.Add(await proxy.AskForAsync(destination, Basic($"cell-1:guess{i}")));
        }

        Assert.Equal(GuessLimit.Allowed - 1, answers.TakeWhile(a => a.StartsWith("HTTP/1.1 407 ", StringComparison.Ordinal)).Count());
        Assert.StartsWith("HTTP/1.1 429 ", answers[^1], StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: ", answers[^1], StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await proxy.AskForAsync(destination, Basic("cell-1:right")), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Connections_that_say_nothing_do_not_keep_others_out()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with { Limits = new RelayLimits { RequestTimeout = TimeSpan.FromSeconds(2) } });
        var silent = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => proxy.ConnectAsync()));
        using var client = await proxy.OpenAsync(echo.Port);
        await client.SendAsync("x");
        Assert.Equal("x", await client.ReadAsync(1));
        foreach (var one in silent)
        {
            Assert.StartsWith("HTTP/1.1 408 ", await one.ReadHeadAsync(), StringComparison.Ordinal);
            one.Dispose();
        }

        await Wait.UntilAsync(() => proxy.Server.Counters.Connections == 1, "the silent ones are gone");
    }

    [Fact(Timeout = 120_000)]
    public async Task Garbage_of_any_kind_harms_nobody()
    {
        await using var echo = TestDestination.Echoing();
        await using var proxy = NewProxy(TestProxy.Settings(echo.Port) with { Limits = new RelayLimits { RequestTimeout = TimeSpan.FromSeconds(2) } });
        var random = new Random(11);
        var request = Encoding.Latin1.GetBytes($"CONNECT 127.0.0.1:{echo.Port} HTTP/1.1\r\nHost: 127.0.0.1:{echo.Port}\r\n\r\n");
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            byte[] bytes;
            lock (random)
            {
                bytes = i % 2 == 0 ? [.. request] : new byte[random.Next(1, 2000)];
                if (i % 2 == 0)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }
                else
                {
                    random.NextBytes(bytes);
                }
            }

            using var client = await proxy.ConnectAsync();
            await client.SendAsync(bytes);
            if (i % 3 == 0)
            {
                client.Reset();
            }
            else if (i % 3 == 1)
            {
                client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                await client.EndsWithResetAsync();
            }
        });

        using var good = await proxy.OpenAsync(echo.Port);
        await good.SendAsync("x");
        Assert.Equal("x", await good.ReadAsync(1));
        await Wait.UntilAsync(() => proxy.Server.Counters.Connections == 1, "all the others are gone");
        Assert.DoesNotContain(proxy.LogLines, l => l.Contains("by a mistake in the proxy", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_proxy_that_stops_while_connections_come_comes_to_its_end()
    {
        for (var round = 0; round < 60; round++)
        {
            await using var proxy = NewProxy(TestProxy.Settings(1));
            using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var came = 0;
            var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    try
                    {
                        using var client = await proxy.ConnectAsync();
                        Interlocked.Increment(ref came);
                    }
                    catch (System.Net.Sockets.SocketException)
                    {
                        // It does not listen any more.
                        return;
                    }
                }
            })).ToArray();
            await Wait.UntilAsync(() => Volatile.Read(ref came) > 20, "connections come");
            await proxy.Server.DisposeAsync();
            await end.CancelAsync();
            await Task.WhenAll(clients);
        }
    }

    private static string Basic(string credentials) => $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}\r\n";
}

public sealed class ManagedServingTests : ServingTests
{
    protected override RelayEngine NewEngine() => Managed();
}

public sealed class SplicedServingTests : ServingTests
{
    protected override RelayEngine NewEngine() => Splicing();
}
