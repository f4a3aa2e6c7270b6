namespace Culvert.Configuration.Tests;

public sealed class SiteMistakeTests
{
    [Theory]
    [InlineData("proxy-chain", "zone: operations\n    address: 10.30.3.5", "zone: oprations\n    address: 10.30.3.5", "proxies[0].zone: there is no zone 'oprations' (did you mean 'operations'?)")]
    [InlineData("proxy-chain", "address: 10.30.2.10", "address: 10.30.3.10", "sensors[0].address: '10.30.3.10'; expected an address in zone supervision: 10.30.2.0/24")]
    [InlineData("proxy-chain", "hops: [plant-proxy, dmz-proxy]", "hops: [dmz-proxy, plant-proxy]", "routes[0].hops[1]: 'plant-proxy' goes down from level 3.5 to level 3")]
    [InlineData("proxy-chain", "hops: [plant-proxy, dmz-proxy]", "hops: [plant-proxy, plant-proxy]", "routes[0].hops[1]: 'plant-proxy' stands twice")]
    [InlineData("proxy-chain", "chaining: nested       #", "chaining: forwarded #", "routes[0].hops[1]: 'dmz-proxy' is no parent of plant-proxy")]
    [InlineData("proxy-chain", "hops: [plant-proxy, it-squid]", "hops: [plant-proxy, it-squit]", "routes[1].hops[1]: there is no proxy 'it-squit' (did you mean 'it-squid'?)")]
    [InlineData("proxy-chain", "name: by-it", "name: main", "sensors[0].routes: 'main' stands twice")]
    [InlineData("proxy-chain", "name: it-squid\n    kind: squid", "name: dmz-proxy\n    kind: squid", "proxies[2].name: 'dmz-proxy', which proxies[1] is called too")]
    [InlineData("proxy-chain", "- { zone: supervision, interface: inside }", "- { zone: enterprise, interface: inside }", "routes[0].hops[0]: no firewall or link leads from zone supervision to zone operations")]
    [InlineData("proxy-chain", "interface: eth2, zone: supervision", "interface: eth1, zone: supervision", "sensors[0].monitors: 'eth1' stands twice")]
    [InlineData("proxy-chain", "interface: eth1, zone: cell-1", "interface: eth1, zone: cell-2", "sensors[0].monitors[0].zone: there is no zone 'cell-2' (did you mean 'cell-1'?)")]
    [InlineData("proxy-chain", "subnets: [10.30.4.0/24]", "subnets: [10.30.35.0/25]", "zones[4].subnets[0]: '10.30.35.0/25', which overlaps 10.30.35.0/24 of zone dmz")]
    [InlineData("proxy-chain", "bandwidthKbps: 1500", "bandwidthKbps: 300", "sensors[0].bandwidthKbps: '300'; expected a whole number from 350")]
    [InlineData("proxy-chain", "password: { environment: CULVERT_DMZ_PASSWORD }", "password: secret", "proxies[1].credentials.password: a secret written out")]
    [InlineData("proxy-chain", "host: portal.example.com, port: 443, addresses: [198.51.100.10] }\n      - { service: eventHubs", "host: \"*.example.com\", port: 443 }\n      - { service: eventHubs", "clouds[0].endpoints[0].host: '*.example.com', which is a wildcard")]
    [InlineData("proxy-chain", "service: telemetry", "service: blob", "clouds[0].endpoints: service blob stands twice")]
    [InlineData("proxy-chain", "purdueLevel: 3.5", "purdueLevel: 3.7", "zones[3].purdueLevel: '3.7'; expected a Purdue level")]
    [InlineData("proxy-chain", "address: 10.30.4.5\n    port: 3128", "address: 10.30.4.5\n    port: 70000", "proxies[2].port: '70000'; expected a TCP port")]
    [InlineData("direct", "- name: straight", "- name: straight\n        hops: [x]", "there is no proxy 'x'; expected the name of a proxy, and none is written")]
    [InlineData("direct", "method: direct", "method: proxyChain", "sensors[0].method: 'proxyChain', but the routes say otherwise")]
    [InlineData("direct", "method: direct", "mode: locallyManaged", "sensors[0].routes: a locally managed sensor reports to no cloud")]
    [InlineData("cloud-proxy", "gatewaySubnet: 10.60.0.0/27", "gatewaySubnet: 10.60.0.0/28", "clouds[0].virtualNetwork.gatewaySubnet: '10.60.0.0/28'; expected /27 or larger")]
    [InlineData("cloud-proxy", "proxySubnet: 10.60.0.32/27", "proxySubnet: 10.61.0.32/27", "expected a part of addressSpace, 10.60.0.0/25")]
    [InlineData("cloud-proxy", "members: [10.60.0.41, 10.60.0.42]", "members: [10.60.0.40, 10.60.0.42]", "proxies[0].pool.members[0]: '10.60.0.40', which proxy-pool has too")]
    [InlineData("cloud-proxy", "minMembers: 2", "minMembers: 20", "proxies[0].pool.maxMembers: '10'; expected at least minMembers, 20")]
    [InlineData("multicloud-expressroute-exchange", "primary: 172.16.1.0/30", "primary: 172.16.1.0/29", "privateLinks[0].bgp.primary: '172.16.1.0/29'; expected a /30")]
    [InlineData("cloud-proxy", "    toGateway: 203.0.113.80", "    secondToGateway: 203.0.113.80", "privateLinks[0].secondToGateway: no toGateway is written")]
    [InlineData("cloud-proxy", "    toGateway: 203.0.113.80", "    toGateway: 203.0.113.80\n    secondToGateway: 203.0.113.80", "privateLinks[0].secondToGateway: '203.0.113.80', which toGateway is too")]
    [InlineData("multicloud-expressroute-exchange", "    bandwidthMbps: 500", "    secondFromGateway: 203.0.113.80", "privateLinks[0].secondFromGateway: ExpressRoute has no tunnels")]
    [InlineData("cloud-proxy", "  - name: proxy-pool\n", "  - { name: other, zone: proxy-subnet, address: 10.60.0.50 }\n  - name: proxy-pool\n", "proxies[1].pool.maxMembers: the pool may grow to 10 members in zone proxy-subnet, where other stands too")]
    [InlineData("proxy-chain", "address: 10.30.3.5", "address: 10.30.3.5\n    scheme: socks5", "proxies[0].scheme: 'socks5', which culvert does not speak")]
    [InlineData("direct", "    endpoints:", "    comingEndpoints: [{ service: blob, host: \"*.example.com\", neededFrom: \"2.0\" }]\n    endpoints:", "clouds[0].comingEndpoints[0].host: '*.example.com', which is a wildcard")]
    public void A_mistake_is_named_with_its_field_and_what_was_expected(string sample, string right, string wrong, string expected)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Samples, $"{sample}.site.yaml"));
        Assert.Contains(right, text, StringComparison.Ordinal);

        var result = SiteFileReader.Parse(text.Replace(right, wrong, StringComparison.Ordinal), "site.yaml");

        Assert.Null(result.Value);
        Assert.Contains(result.Mistakes, m => m.ToString().Contains(expected, StringComparison.Ordinal));
        Assert.All(result.Mistakes, m => Assert.InRange(m.Line, 1, text.Split('\n').Length + 1));
    }

    [Fact]
    public void Parents_that_lead_back_are_a_loop()
    {
        var result = SiteFileReader.Parse(
            """
            site: { name: s }
            zones: [{ name: a, purdueLevel: 3, subnets: [10.0.0.0/24] }]
            proxies:
              - { name: one, zone: a, address: 10.0.0.1, parents: [two] }
              - { name: two, zone: a, address: 10.0.0.2, parents: [three] }
              - { name: three, zone: a, address: 10.0.0.3, parents: [one] }
            """, "site.yaml");

        Assert.Equal(3, result.Mistakes.Count(m => m.Found.Contains("leads back to", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_networks_in_zones_that_are_only_watched_are_no_mistake()
    {
        var result = SiteFileReader.Parse(
            """
            site: { name: s }
            zones:
              - { name: cell-1, purdueLevel: 1, subnets: [192.168.0.0/24] }
              - { name: cell-2, purdueLevel: 1, subnets: [192.168.0.0/24] }
            """, "site.yaml");

        Assert.Empty(result.Mistakes);
    }

    [Fact]
    public void Mistakes_in_several_parts_are_told_together()
    {
        var result = SiteFileReader.Parse("site: { name: 's 1' }\nzones:\n  - { name: a, purdueLevel: 9, subnets: [10.0.0.1/24] }\nsensor: []\n", "site.yaml");

        Assert.Equal(
            ["1:15 site.name", "3:29 zones[0].purdueLevel", "3:42 zones[0].subnets[0]", "4:1 sensor"],
            result.Mistakes.Select(m => $"{m.Line}:{m.Column} {m.Field}"));
    }

    [Fact]
    public void A_vpn_from_google_needs_bgp_and_one_from_aws_does_not()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Samples, "multicloud-vpn.site.yaml"));
        var at = text.IndexOf("    bgp:", StringComparison.Ordinal);
        var without = text[..at] + text[text.IndexOf("\nclouds:", at, StringComparison.Ordinal)..];

        Assert.Empty(SiteFileReader.Parse(without, "site.yaml").Mistakes);
        var mistake = Assert.Single(SiteFileReader.Parse(without.Replace("kind: aws", "kind: google", StringComparison.Ordinal), "site.yaml").Mistakes);
        Assert.Equal("privateLinks[0].bgp", mistake.Field);
    }
}
