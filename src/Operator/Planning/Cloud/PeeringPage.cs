using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>The page of a private link: what both ends and whoever stands between must agree on, and, with own routers, what these are told.</summary>
internal static class PeeringPage
{
    public static string Write(SiteFile site, SitePrivateLink link)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {link.Name}: zone {link.From} to cloud {link.To}\n\nKind: {Words.Camel(link.Kind)}{(link.BandwidthMbps is { } mbps ? string.Create(CultureInfo.InvariantCulture, $", {mbps} Mbit/s") : "")}.\n\n| | near end | far end |\n|---|---|---|\n");
        foreach (var (index, tunnel) in link.Tunnels.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"| gateway of tunnel {index + 1} | {tunnel.From} | {tunnel.To} |\n");
        }

        if (link.Bgp is not { } bgp)
        {
            return text.Append(CultureInfo.InvariantCulture, $"| routes | static: to {string.Join(", ", TerraformFiles.FarNetworks(site, link))} | static: to {string.Join(", ", site.Zone(link.From).Subnets)} |\n").ToString();
        }

        text.Append(CultureInfo.InvariantCulture, $"| autonomous system | {bgp.FromAsn} | {bgp.ToAsn} |\n");
        foreach (var (name, peering) in Peerings(bgp))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} peering {peering} | {PeerAddresses.Near(peering)} | {PeerAddresses.Far(peering)} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"| VLAN | {bgp.VlanId?.ToString(CultureInfo.InvariantCulture) ?? "-"} | {bgp.VlanId?.ToString(CultureInfo.InvariantCulture) ?? "-"} |\n| BFD | {(bgp.Bfd ? "yes" : "no")} | {(bgp.Bfd ? "yes" : "no")} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| announces | {string.Join(", ", site.Zone(link.From).Subnets)} | {string.Join(", ", TerraformFiles.FarNetworks(site, link))} |\n");
        if (link.Kind == PrivateLinkKind.ExpressRouteOwnRouters)
        {
            AppendRouter(text, site, link, bgp);
        }

        return text.ToString();
    }

    private static IEnumerable<(string Name, System.Net.IPNetwork Network)> Peerings(SiteBgp bgp)
    {
        yield return ("primary", bgp.Primary);
        if (bgp.Secondary is { } second)
        {
            yield return ("secondary", second);
        }
    }

    private static void AppendRouter(StringBuilder text, SiteFile site, SitePrivateLink link, SiteBgp bgp)
    {
        text.Append("\nYour own routers, in the words of FRRouting (frr.conf); a router with one path takes its line alone:\n\n```\n");
        text.Append(CultureInfo.InvariantCulture, $"router bgp {bgp.FromAsn}\n no bgp ebgp-requires-policy\n");
        foreach (var (name, peering) in Peerings(bgp))
        {
            var far = PeerAddresses.Far(peering);
            text.Append(CultureInfo.InvariantCulture, $" neighbor {far} remote-as {bgp.ToAsn}\n neighbor {far} description {link.Name} {name}\n neighbor {far} timers 3 9\n{(bgp.Bfd ? $" neighbor {far} bfd\n" : "")}");
        }

        text.Append(" address-family ipv4 unicast\n").AppendJoin("", site.Zone(link.From).Subnets.Select(s => $"  network {s}\n"));
        foreach (var (name, peering) in Peerings(bgp))
        {
            text.Append(CultureInfo.InvariantCulture, $"  neighbor {PeerAddresses.Far(peering)} prefix-list culvert-out out\n  neighbor {PeerAddresses.Far(peering)} prefix-list culvert-in in\n");
            // The second path is taken only when the first is gone, so that answers come back the way the questions went.
            text.Append(name == "secondary" ? string.Create(CultureInfo.InvariantCulture, $"  neighbor {PeerAddresses.Far(peering)} route-map culvert-second out\n") : "");
        }

        text.Append(" exit-address-family\n");
        text.AppendJoin("", site.Zone(link.From).Subnets.Select(s => $"ip prefix-list culvert-out permit {s}\n"));
        text.AppendJoin("", TerraformFiles.FarNetworks(site, link).Select(n => $"ip prefix-list culvert-in permit {n} le 28\n"));
        text.Append(CultureInfo.InvariantCulture, $"route-map culvert-second permit 10\n set as-path prepend {bgp.FromAsn} {bgp.FromAsn}\n```\n");
    }
}
