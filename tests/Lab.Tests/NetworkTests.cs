using Culvert.Configuration;
using Culvert.Planning;

namespace Culvert.Lab.Tests;

public sealed class NetworkTests
{
    public static TheoryData<string> Samples => ["direct", "cloud-proxy", "proxy-chain", "six-levels", "multicloud-vpn", "multicloud-expressroute-own-routers", "multicloud-expressroute-exchange", "two-lines"];

    internal static IEnumerable<SiteFile> AllSites() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*.site.yaml").Select(f => SiteFileReader.Load(f)).Select(r => r.TryGet(out var site) ? site : throw new InvalidOperationException());

    internal static SiteFile Site(string sample) => SiteFileReader.Load(Repository.Sample(sample)).TryGet(out var site) ? site : throw new InvalidOperationException(sample);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_host_has_its_own_address_and_every_route_a_router_on_the_segment(string sample)
    {
        var network = NetworkBuilder.Build(Site(sample));
        var addresses = network.Hosts.SelectMany(h => h.Addresses).ToList();
        Assert.Equal(addresses.Count, addresses.Distinct().Count());
        Assert.Equal(network.Hosts.Count, network.Hosts.Select(h => h.Name).Distinct().Count());
        foreach (var host in network.Hosts)
        {
            Assert.All(host.Interfaces, i => Assert.InRange(i.Name.Length, 1, 15));
            foreach (var route in host.Routes.Where(r => r.Via is not null))
            {
                var segment = host.Interfaces.First(i => i.Name == route.Interface).Segment;
                Assert.Contains(network.Hosts, h => h.Forwards && h.Interfaces.Any(i => i.Segment == segment && i.Addresses.Any(a => a.Address.Equals(route.Via))));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_packet_of_every_planned_flow_crosses_exactly_the_firewalls_that_have_a_rule_for_it(string sample)
    {
        var network = NetworkBuilder.Build(Site(sample));
        foreach (var flow in FlowPlanner.Plan(network.Site).Where(f => f.Protocol == FlowProtocol.Tcp))
        {
            var from = network.Hosts.First(h => h.Kind is LabHostKind.Sensor or LabHostKind.Proxy or LabHostKind.Member && h.Addresses.Any(a => flow.Sources.Any(s => s.Contains(a))));
            var crossed = new List<string>();
            var at = from;
            var destination = flow.Destinations[0].BaseAddress;
            for (var hops = 0; !at.Addresses.Contains(destination); hops++)
            {
                Assert.InRange(hops, 0, 12);
                if (at.Kind == LabHostKind.Firewall)
                {
                    crossed.Add(at.Name);
                }

                at = NextHop(network, at, destination);
            }

            var planned = network.Site.Firewalls.Where(w => RulePlanner.Plan(network.Site, w).Any(r => r.Flow.From == flow.From && r.Flow.To == flow.To && r.Flow.Port == flow.Port && r.Flow.Protocol == flow.Protocol)).Select(w => w.Name);
            Assert.Equal(planned.Order(), crossed.Order());
        }
    }

    [Fact]
    public void The_same_file_gives_the_same_network()
    {
        var (one, two) = (NetworkBuilder.Build(Site("proxy-chain")), NetworkBuilder.Build(Site("proxy-chain")));
        Assert.Equal(NetworkScript.Fabric(one), NetworkScript.Fabric(two));
    }

    [Fact]
    public void A_proxy_that_somebody_else_runs_is_refused_in_plain_words()
    {
        var site = Site("proxy-chain");
        var e = Assert.Throws<LabException>(() => NetworkBuilder.Build(site with { Proxies = [.. site.Proxies.Select(p => p with { Kind = ProxyKind.Other })] }));
        Assert.Contains("plant-proxy", e.Message, StringComparison.Ordinal);
    }

    // Longest prefix first; own networks before routes. Links carry between their gateways.
    private static LabHost NextHop(LabNetwork network, LabHost at, System.Net.IPAddress to)
    {
        foreach (var own in at.Interfaces)
        {
            if (network.Hosts.FirstOrDefault(h => h.Name != at.Name && h.Interfaces.Any(i => i.Segment == own.Segment && i.Addresses.Any(a => a.Address.Equals(to)))) is { } neighbour)
            {
                return neighbour;
            }
        }

        var route = at.Routes.Where(r => r.To.Contains(to)).OrderByDescending(r => r.To.PrefixLength).FirstOrDefault();
        var link = network.Links.FirstOrDefault(l => (l.Near == at.Name && l.FarNetworks.Any(n => n.Contains(to))) || (l.Far == at.Name && l.NearNetworks.Any(n => n.Contains(to))));
        if (link is not null && (route is null || route.To.PrefixLength == 0))
        {
            return network.Host(link.Near == at.Name ? link.Far : link.Near);
        }

        Assert.True(route?.Via is not null, $"{at.Name} has no way to {to}");
        var segment = at.Interfaces.First(i => i.Name == route!.Interface).Segment;
        return network.Hosts.First(h => h.Interfaces.Any(i => i.Segment == segment && i.Addresses.Any(a => a.Address.Equals(route!.Via))));
    }
}
