using System.Text.Json.Nodes;

namespace Culvert.Lab.Tests;

/// <summary>Proxy pools that grow and shrink.</summary>
public sealed class ScalingTests
{
    private const string Site =
        """
        site: { name: pool-site }
        zones:
          - { name: cell, purdueLevel: 2, subnets: [10.10.2.0/24] }
          - { name: proxies, purdueLevel: 3.5, subnets: [10.10.35.0/24] }
        sensors:
          - { name: sensor-1, zone: cell, address: 10.10.2.10, monitors: [{ interface: eth1, zone: cell }], routes: [{ name: pool, hops: [pool] }] }
        proxies:
          - { name: pool, zone: proxies, address: 10.10.35.5, pool: { members: [10.10.35.6], minMembers: 1, maxMembers: 4 } }
        firewalls:
          - { name: fw, sides: [{ zone: cell, interface: ot }, { zone: proxies, interface: dmz }, { zone: internet, interface: wan }] }
        clouds:
          - name: portal
            kind: culvert
            endpoints: [{ service: iotHub, host: portal.example.com, addresses: [198.51.100.10] }, { service: eventHubs, host: portal.example.com, addresses: [198.51.100.10] }, { service: blob, host: portal.example.com, addresses: [198.51.100.10] }, { service: downloads, host: portal.example.com, addresses: [198.51.100.10] }, { service: telemetry, host: portal.example.com, addresses: [198.51.100.10] }]
        """;

    [Fact(Timeout = 240_000)]
    public async Task A_pool_scales_itself_by_its_members_tunnels_and_what_joins_takes_load()
    {
        await LabHome.NeedsAsync("nat");
        await using var home = new LabHome();
        var lines = new List<string>();
        await home.UpTextAsync("pool", Site, lines, cancellationToken: TestContext.Current.CancellationToken);
        await AskAsync(home, "autoscale", new() { ["pool"] = "pool", ["tunnels"] = 5, ["calm"] = 1.0 });
        await AskAsync(home, "load", new() { ["pool"] = "pool", ["tunnels"] = 20 });
        await EventuallyAsync(home, p => p.Members.Count == 4 && p.Members.All(m => m is { IsWell: true, Tunnels: > 0 }));

        await AskAsync(home, "load", new() { ["pool"] = "pool", ["tunnels"] = 0 });
        await EventuallyAsync(home, p => p.Members is [{ IsWell: true }]);

        // By hand, the limits of the site file hold.
        await AskAsync(home, "autoscale", new() { ["pool"] = "pool", ["tunnels"] = null });
        await AskAsync(home, "scale", new() { ["pool"] = "pool", ["count"] = 2 });
        await AskAsync(home, "scale", new() { ["pool"] = "pool", ["count"] = 1, ["without"] = "pool-1" });
        await EventuallyAsync(home, p => p.Members is [{ Name: "pool-2", IsWell: true }]);
        var reply = await home.Control.AskAsync("pool", "scale", new() { ["pool"] = "pool", ["count"] = 5 }, lines.Add, TestContext.Current.CancellationToken);
        Assert.Equal(5, reply.Status);
        Assert.Contains("1 to 4 members", reply.Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(100, 2)]
    [InlineData(101, 3)]
    [InlineData(100_000, 10)]
    public void Members_follow_the_tunnels_within_the_limits(long tunnels, int expected) =>
        Assert.Equal(expected, new AutoscaleRules(50, TimeSpan.Zero).Wanted(new SiteProxyPool([], 2, 10), tunnels));

    [Fact]
    public void The_load_is_read_from_the_proxy_s_metrics_and_half_of_them_are_none()
    {
        Assert.Equal(new MemberLoad(7, 0.25), MemberLoad.Parse("# TYPE x gauge\nculvert_proxy_tunnels_open 7\nculvert_proxy_tunnels_limit 28\nculvert_proxy_tunnels_used 0.25\n"));
        Assert.Null(MemberLoad.Parse("culvert_proxy_tunnels_open 7\n"));
    }

    [Fact]
    public void A_member_that_left_frees_its_name_and_address_and_no_cable_is_drawn_twice()
    {
        var network = NetworkBuilder.Build(NetworkTests.Site("cloud-proxy"));
        var pool = network.Site.Proxy("proxy-pool");
        network = network with { Hosts = [.. network.Hosts.Where(h => h.Name != "proxy-pool-1"), NetworkBuilder.ExtraMember(network, pool)] };
        var back = NetworkBuilder.ExtraMember(network, pool);
        Assert.Equal(("proxy-pool-1", "10.60.0.41"), (back.Name, back.Address.ToString()));
        var cables = network.Hosts.Append(back).SelectMany(h => h.Interfaces.Select((_, i) => NetworkScript.Port(h, i))).ToList();
        Assert.Equal(cables.Count, cables.Distinct().Count());
    }

    private static async Task AskAsync(LabHome home, string command, JsonObject arguments)
    {
        var reply = await home.Control.AskAsync("pool", command, arguments, _ => { }, TestContext.Current.CancellationToken);
        Assert.True(reply.Status == 0, reply.Line);
    }

    private static async Task EventuallyAsync(LabHome home, Func<LabPoolStatus, bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        LabPoolStatus pool;
        while (!condition(pool = Assert.Single((await home.Control.StatusAsync("pool", TestContext.Current.CancellationToken)).Pools)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(90), $"not within 90 s: {string.Join("; ", pool.Members)} {string.Join("; ", pool.Scaling ?? [])}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }
}
