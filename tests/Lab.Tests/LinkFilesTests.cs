using System.Text.RegularExpressions;

namespace Culvert.Lab.Tests;

/// <summary>What BIRD and strongSwan are given for links with several ways.</summary>
public sealed partial class LinkFilesTests
{
    private static readonly SiteBgp OverVpn = new()
    {
        FromAsn = 64512,
        ToAsn = 12076,
        Primary = System.Net.IPNetwork.Parse("169.254.21.0/30"),
        Secondary = System.Net.IPNetwork.Parse("169.254.22.0/30"),
        Bfd = true,
    };

    [Fact]
    public void Both_ends_prefer_the_peering_s_primary_then_its_secondary_then_the_tunnels_of_the_VPN()
    {
        var network = NetworkBuilder.Build(WithVpn("multicloud-expressroute-own-routers", "standby-vpn", l => l with { Bgp = OverVpn, SecondFromGateway = System.Net.IPAddress.Parse("203.0.113.31") }));
        foreach (var gateway in (string[])["gw-workload", "gw-azure"])
        {
            var text = BirdFile.Write(network, network.Host(gateway), network.Links);
            var preferences = Preference().Matches(text).ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(["private_peering_primary", "private_peering_secondary", "standby_vpn_tunnel_1", "standby_vpn_tunnel_2"], preferences.OrderByDescending(p => p.Value).Select(p => p.Key[2..]));
        }
    }

    [Fact]
    public void A_second_gateway_is_a_second_tunnel_with_selectors_of_its_own()
    {
        var network = NetworkBuilder.Build(NetworkTests.Site("multicloud-vpn"));
        var link = Assert.Single(network.Links);
        Assert.Equal(["aws-to-azure-tunnel-1", "aws-to-azure-tunnel-2"], link.Paths.Select(p => p.Name));
        Assert.Equal(["203.0.113.30", "203.0.113.31"], network.Host("gw-workload").Interfaces.First(i => i.Name == "outside").Addresses.Select(a => a.Address.ToString()));
        Assert.Equal("169.254.22.1/30", link.Paths[1].NearInner!.ToString());
        var near = IpsecFiles.Connections("gw-workload", [link], _ => "key", _ => null);
        Assert.Contains("local_addrs = 203.0.113.31\n", near, StringComparison.Ordinal);
        Assert.Equal(4, Selector().Matches(near).Select(m => m.Value).Distinct().Count());
    }

    [Fact]
    public void One_tunnel_with_static_routes_is_selectors_alone()
    {
        var network = NetworkBuilder.Build(WithVpn("multicloud-vpn", "aws-to-azure", l => l with { Bgp = null, SecondFromGateway = null }));
        var path = Assert.Single(Assert.Single(network.Links).Paths);
        Assert.Null(path.Device);
        Assert.Contains("remote_ts = 10.60.0.32/27", IpsecFiles.Connections("gw-workload", network.Links, _ => "key", _ => null), StringComparison.Ordinal);
    }

    private static SiteFile WithVpn(string sample, string link, Func<SitePrivateLink, SitePrivateLink> change)
    {
        var site = NetworkTests.Site(sample);
        return site with { PrivateLinks = [.. site.PrivateLinks.Select(l => l.Name == link ? change(l) : l)] };
    }

    [GeneratedRegex(@"protocol bgp (\w+) \{.*?bgp_local_pref = (\d+)", RegexOptions.Singleline)]
    private static partial Regex Preference();

    [GeneratedRegex(@"(local|remote)_ts = \S+")]
    private static partial Regex Selector();
}
