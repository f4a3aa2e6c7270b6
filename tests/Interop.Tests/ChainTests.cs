namespace Culvert.Interop.Tests;

/// <summary>Every real proxy in every place of a chain of three, and with credentials where it has them.</summary>
public sealed class ChainTests(Fleet fleet) : IClassFixture<Fleet>
{
    private static readonly string[] Fill = ["squid", "tinyproxy", "culvert"];

    public static TheoryData<string, int> Places
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var program in new[] { "squid", "tinyproxy", "haproxy", "dante", "culvert" })
            {
                for (var place = 0; place < 3; place++)
                {
                    data.Add(program, place);
                }
            }

            return data;
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Places))]
    public async Task A_proxy_is_the_first_the_middle_and_the_last_hop(string program, int place)
    {
        // HAProxy stands before Squid here, so Squid is not one of the others then.
        var others = Fill.Where(f => f != program && !(program == "haproxy" && f == "squid")).ToList();
        others = others.Count < 2 ? ["tinyproxy", "culvert"] : others[..2];
        others.Insert(place, program);
        // Our proxy allows exact destinations; it is told of the others when it starts, and they start before it.
        var hops = others.Select(o => fleet.Hop(o)).ToArray();
        var blocked = Array.FindIndex(hops, 1, h => h.Name == "culvert");
        var result = await Dials.DialTlsAsync(Dials.Via(hops), fleet.Endpoint, fleet.Tls);
        Assert.True(result.Succeeded, $"{string.Join(" -> ", others)} ({blocked}): {result.Trace.Failure}");
        await using var stream = result.Stream;
        await Dials.EchoesAsync(stream, new string('x', 20_000));
    }

    public static TheoryData<string, string, int> AskingPlaces
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var (program, password) in new[]
            {
                ("squid-basic", RealProxies.Password), ("squid-digest", RealProxies.Password), ("squid-ntlm", RealProxies.Password),
                ("tinyproxy-basic", RealProxies.TinyPassword), ("culvert-basic", RealProxies.Password), ("dante-user", RealProxies.Password),
            })
            {
                for (var place = 0; place < 3; place++)
                {
                    data.Add(program, password, place);
                }
            }

            return data;
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(AskingPlaces))]
    public async Task A_proxy_that_asks_for_credentials_is_the_first_the_middle_and_the_last_hop(string program, string password, int place)
    {
        var hops = new List<Hop> { fleet.Hop("squid"), fleet.Hop("tinyproxy") };
        hops.Insert(place, fleet.Hop(program, new HopCredentials(RealProxies.User, password)));
        var result = await Dials.DialTlsAsync(Dials.Via([.. hops]), fleet.Endpoint, fleet.Tls);
        Assert.True(result.Succeeded, $"{result.Trace.Failure}");
        await using (result.Stream)
        {
            await Dials.EchoesAsync(result.Stream, new string('x', 20_000));
        }

        // NTLM's fake helper takes any password.
        if (program != "squid-ntlm")
        {
            hops[place] = hops[place] with { Credentials = new HopCredentials(RealProxies.User, "wrong") };
            var refused = (await Dials.DialTlsAsync(Dials.Via([.. hops]), fleet.Endpoint, fleet.Tls)).Trace.Failure!;
            Assert.Equal((place, Stage.Authenticate, Cause.CredentialsWrong), (refused.HopIndex, refused.Stage, refused.Cause));
        }

        hops[place] = hops[place] with { Credentials = null };
        var missing = (await Dials.DialTlsAsync(Dials.Via([.. hops]), fleet.Endpoint, fleet.Tls)).Trace.Failure!;
        Assert.Equal((place, Stage.Authenticate, Cause.CredentialsMissing), (missing.HopIndex, missing.Stage, missing.Cause));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("squid-basic", "basic", RealProxies.Password)]
    [InlineData("squid-digest", "digest", RealProxies.Password)]
    [InlineData("tinyproxy-basic", "basic", RealProxies.TinyPassword)]
    [InlineData("culvert-basic", "basic", RealProxies.Password)]
    [InlineData("dante-user", null, RealProxies.Password)]
    public async Task Credentials_are_accepted_twice_and_wrong_or_missing_ones_named(string program, string? scheme, string password)
    {
        var dialer = new TunnelDialer(Dials.Patient, TimeProvider.System);
        var route = Dials.Via(fleet.Hop(program, new HopCredentials(RealProxies.User, password)));
        using var limit = Dials.Limit();
        for (var i = 0; i < 3; i++)
        {
            var result = await dialer.DialTlsAsync(route, fleet.Endpoint, fleet.Tls, limit.Token);
            Assert.True(result.Succeeded, $"{result.Trace.Failure}");
            await using var stream = result.Stream;
            await Dials.EchoesAsync(stream);
            if (scheme is not null && i == 0)
            {
                Assert.Contains(result.Trace.Steps, s => s.Stage == Stage.Authenticate && s.Evidence!.Contains(scheme, StringComparison.Ordinal));
            }
        }

        Assert.Equal(Cause.CredentialsWrong, await FailAsync(fleet.Hop(program, new HopCredentials(RealProxies.User, "wrong"))));
        Assert.Equal(Cause.CredentialsMissing, await FailAsync(fleet.Hop(program)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("basic", "sensor 1@plant", "a:colon and \"quotes\" \\ and % + / ?")]
    [InlineData("basic", "Jürgen", "пароль€")]
    [InlineData("digest", "sensor 1+a@plant", "\"quotes\" \\ and % + / ?")]
    public async Task Credentials_of_any_characters_are_understood_by_Squid(string scheme, string user, string password)
    {
        await using var squid = await RealProxies.SquidAskingAsync(scheme, user, password);
        var result = await Dials.DialTlsAsync(Dials.Via(Dials.Hop(squid.Address, credentials: new HopCredentials(user, password))), fleet.Endpoint, fleet.Tls);
        Assert.True(result.Succeeded, $"{result.Trace.Failure}");
        await result.Stream.DisposeAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("squid")]
    [InlineData("tinyproxy")]
    [InlineData("dante")]
    [InlineData("culvert")]
    public async Task Credentials_that_are_not_wanted_are_reported(string program)
    {
        var result = await Dials.DialTlsAsync(Dials.Via(fleet.Hop(program, new HopCredentials("a", "b"))), fleet.Endpoint, fleet.Tls);
        Assert.True(result.Succeeded, $"{result.Trace.Failure}");
        await result.Stream.DisposeAsync();
        Assert.Contains(result.Trace.Steps, s => s.Cause == Cause.CredentialsUnnecessary);
    }

    [Fact(Timeout = 60_000)]
    public async Task Forwarded_through_real_parents_Squid_to_Culvert_and_Culvert_to_Squid()
    {
        var culvert = fleet.Address("culvert");
        await using var squid = await RealProxies.SquidAsync($"cache_peer {culvert.Host} parent {culvert.Port} 0 no-query no-digest default\nnever_direct allow all\nhttp_access allow all");
        await OpensAsync(Forwarded("squid", squid.Address, "culvert", culvert));
        var plain = fleet.Address("squid");
        await using var own = await RealProxies.CulvertAsync([fleet.Endpoint], "own", $"parents:\n  - {{ name: squid, host: {plain.Host}, port: {plain.Port} }}\n");
        await OpensAsync(Forwarded("own", own.Address, "squid", plain));
    }

    [Fact(Timeout = 60_000)]
    public async Task In_a_forwarded_chain_Proxy_Status_names_the_hop_that_refused()
    {
        // The far proxy does not allow the destination; the near one passes its answer on.
        await using var far = await RealProxies.CulvertAsync([new HostPort("127.0.0.1", 1)], "far");
        await using var near = await RealProxies.CulvertAsync([fleet.Endpoint], "near", $"parents:\n  - {{ name: far, host: {far.Address.Host}, port: {far.Address.Port} }}\n");
        var route = Forwarded("near", near.Address, "far", far.Address);
        var result = await Dials.DialTlsAsync(route, fleet.Endpoint, fleet.Tls);
        Assert.Equal((1, "far", Cause.DestinationRefused), (result.Trace.Failure!.HopIndex, result.Trace.Failure.Target, result.Trace.Failure.Cause));
        Assert.True(RouteFault.IsOfDestination(route, result));
    }

    private static Route Forwarded(string first, HostPort at, string second, HostPort behind) => Dials.Via(
        new Hop { Name = first, Address = at }, new Hop { Name = second, Address = behind, Reach = HopReach.Forwarded });

    private async Task OpensAsync(Route route)
    {
        // A parent that was not there when a proxy looked may count as dead for a moment; readiness is an open tunnel.
        using var limit = Dials.Limit();
        DialResult result;
        while (!(result = await Dials.DialTlsAsync(route, fleet.Endpoint, fleet.Tls)).Succeeded)
        {
            Assert.Contains(result.Trace.Failure!.Cause, new[] { Cause.NoParent, Cause.UpstreamUnreachable });
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
        }

        await using var stream = result.Stream;
        await Dials.EchoesAsync(stream);
    }

    private async Task<Cause> FailAsync(Hop hop) => (await Dials.DialTlsAsync(Dials.Via(hop), fleet.Endpoint, fleet.Tls)).Trace.Failure?.Cause ?? Cause.None;
}
