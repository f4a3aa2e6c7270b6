namespace Culvert.Planning.Tests;

public sealed class FlowPlannerTests
{
    [Fact]
    public void A_straight_way_needs_the_endpoints_the_resolver_and_the_clock_and_nothing_else() =>
        Assert.Equal(
            [
                "sensor-pumps -> portal.example.com tcp/443",
                "sensor-pumps -> 10.20.4.53 udp/53",
                "sensor-pumps -> 10.20.4.53 tcp/53",
                "sensor-pumps -> 10.20.4.123 udp/123",
            ],
            Show("direct"));

    [Fact]
    public void A_nested_chain_needs_one_flow_a_hop_and_only_the_last_hops_see_the_cloud() =>
        Assert.Equal(
            [
                "sensor-cell-1 -> plant-proxy tcp/3128",
                "plant-proxy -> dmz-proxy tcp/3128",
                "dmz-proxy -> portal.example.com tcp/443",
                "dmz-proxy -> 10.30.4.53 udp/53",
                "dmz-proxy -> 10.30.4.53 tcp/53",
                "plant-proxy -> it-squid tcp/3128",
                "it-squid -> portal.example.com tcp/443",
            ],
            Show("proxy-chain"));

    [Fact]
    public void A_cloud_proxy_needs_the_balancer_and_its_members_need_the_endpoints() =>
        Assert.Equal(
            [
                "sensor-line-4 -> proxy-pool tcp/3128",
                "proxy-pool -> contoso-hub.azure-devices.net tcp/443",
                "proxy-pool -> contoso-events.servicebus.windows.net tcp/443",
                "proxy-pool -> contosoevidence.blob.core.windows.net tcp/443",
                "proxy-pool -> download.example.com tcp/443",
                "proxy-pool -> otel.example.com tcp/443",
                "proxy-pool -> 168.63.129.16 udp/53",
                "proxy-pool -> 168.63.129.16 tcp/53",
                "plant-vpn-gateway -> azure-gateway udp/500",
                "plant-vpn-gateway -> azure-gateway udp/4500",
                "plant-vpn-gateway -> azure-gateway esp/0",
            ],
            Show("cloud-proxy"));

    [Fact]
    public void Of_a_nested_chain_each_hop_may_be_asked_for_the_next_one_only()
    {
        var site = Samples.Read("proxy-chain");

        Assert.Equal(["10.30.35.5:3128", "10.30.4.5:3128"], FlowPlanner.DestinationsOf(site, site.Proxy("plant-proxy")).Select(d => d.ToString()));
        Assert.Equal(["portal.example.com:443"], FlowPlanner.DestinationsOf(site, site.Proxy("dmz-proxy")).Select(d => d.ToString()));
        Assert.Equal(["10.30.2.10/32"], FlowPlanner.ClientsOf(site, site.Proxy("plant-proxy")).Select(d => d.ToString()));
        Assert.Equal(["10.30.3.5/32"], FlowPlanner.ClientsOf(site, site.Proxy("it-squid")).Select(d => d.ToString()));
    }

    [Fact]
    public void Of_a_forwarded_chain_every_hop_is_asked_for_the_cloud()
    {
        var site = Samples.Parse(ForwardedChain("squid"));

        Assert.Equal(["portal.example.com:443"], FlowPlanner.DestinationsOf(site, site.Proxy("plant")).Select(d => d.ToString()));
        Assert.Equal(["portal.example.com:443"], FlowPlanner.DestinationsOf(site, site.Proxy("dmz")).Select(d => d.ToString()));
        Assert.Equal(["s -> plant tcp/3128", "plant -> dmz tcp/3128", "dmz -> portal.example.com tcp/443"], FlowPlanner.Plan(site).Select(Show));
    }

    [Fact]
    public void Every_flow_crosses_only_firewalls_that_get_a_rule_for_it()
    {
        foreach (var site in Samples.Names.Select(Samples.Read))
        {
            var map = new SiteMap(site);
            foreach (var flow in FlowPlanner.Plan(site))
            {
                foreach (var crossing in map.Way(flow.FromZone, flow.ToZone)!.Where(c => !c.IsLink))
                {
                    var rules = RulePlanner.Plan(site, site.Firewalls.Single(f => f.Name == crossing.By));
                    Assert.Single(rules, r => r.Flow.From == flow.From && r.Flow.To == flow.To && r.Flow.Port == flow.Port && r.Flow.Protocol == flow.Protocol);
                }
            }
        }
    }

    [Fact]
    public void A_pools_rules_open_its_zone_only_where_nobody_else_stands_in_it()
    {
        var text = File.ReadAllText(Path.Combine(Samples.Root, "samples/cloud-proxy.site.yaml"));
        var alone = Samples.Parse(text);
        var shared = Samples.Parse(text.Replace("  - name: proxy-pool\n", "  - { name: other, zone: proxy-subnet, address: 10.60.0.50 }\n  - name: proxy-pool\n", StringComparison.Ordinal)
            .Replace("maxMembers: 10", "maxMembers: 2", StringComparison.Ordinal));

        Assert.Equal(["10.60.0.32/27"], Sources(alone));
        Assert.Equal(["10.60.0.41/32", "10.60.0.42/32"], Sources(shared));

        static IEnumerable<string> Sources(SiteFile site) => FlowPlanner.Plan(site).First(f => f is { From: "proxy-pool", Port: 443 }).Sources.Select(s => s.ToString());
    }

    [Fact]
    public void Each_tunnel_of_a_vpn_joins_its_own_gateways()
    {
        var site = Samples.Parse(File.ReadAllText(Path.Combine(Samples.Root, "samples/cloud-proxy.site.yaml"))
            .Replace("    toGateway:", "    secondToGateway: 203.0.113.81\n    secondFromGateway: 203.0.113.21\n    toGateway:", StringComparison.Ordinal));

        Assert.Equal(
            ["203.0.113.20/32 -> 203.0.113.80/32", "203.0.113.21/32 -> 203.0.113.81/32"],
            FlowPlanner.Plan(site).Where(f => f.Protocol == FlowProtocol.Esp).Select(f => $"{string.Join(' ', f.Sources)} -> {string.Join(' ', f.Destinations)}"));
    }

    internal static string ForwardedChain(string kind) =>
        $$"""
        site: { name: s }
        zones:
          - { name: l2, purdueLevel: 2, subnets: [10.1.2.0/24] }
          - { name: l3, purdueLevel: 3, subnets: [10.1.3.0/24] }
          - { name: dmz, purdueLevel: 3.5, subnets: [10.1.35.0/24] }
        sensors:
          - { name: s, zone: l2, address: 10.1.2.10, routes: [{ name: main, hops: [plant, dmz], chaining: forwarded }] }
        proxies:
          - name: plant
            kind: {{kind}}
            zone: l3
            address: 10.1.3.5
            parents: [dmz]
          - name: dmz
            kind: {{kind}}
            zone: dmz
            address: 10.1.35.5
            credentials: { userName: plant, password: { environment: DMZ_PASSWORD } }
        firewalls:
          - { name: fw, sides: [{ zone: l2 }, { zone: l3 }, { zone: dmz }, { zone: internet }] }
        clouds:
          - name: portal
            kind: culvert
            endpoints:
              - { service: iotHub, host: portal.example.com }
              - { service: eventHubs, host: portal.example.com }
              - { service: blob, host: portal.example.com }
              - { service: downloads, host: portal.example.com }
              - { service: telemetry, host: portal.example.com }
        """;

    private static IEnumerable<string> Show(string sample) => FlowPlanner.Plan(Samples.Read(sample)).Select(Show);

    private static string Show(PlannedFlow f) => $"{f.From} -> {f.To} {Words.Camel(f.Protocol)}/{f.Port}";
}
