using System.Net;

namespace Culvert.Planning;

/// <summary>A proxy pool in an Azure virtual network, with all that its template is made of.</summary>
internal sealed record AzurePool(SiteFile Site, SiteCloud Cloud, SiteVirtualNetwork Network, SiteProxy Proxy, SiteFirewall Nsg)
{
    /// <summary>The pools of a site: proxies with members in a zone of an Azure cloud whose virtual network has a subnet for them.</summary>
    public static IEnumerable<AzurePool> Of(SiteFile site)
    {
        foreach (var cloud in site.Clouds.Where(c => c is { Kind: CloudKind.Azure, VirtualNetwork.ProxySubnet: not null }))
        {
            // One pool a virtual network: it has one subnet for it.
            if (site.Proxies.FirstOrDefault(p => p.Pool is not null && p.Kind is ProxyKind.Culvert or ProxyKind.Squid && site.Zone(p.Zone).Cloud == cloud.Name) is not { } proxy)
            {
                continue;
            }

            if (site.Firewalls.FirstOrDefault(f => f.Kind == FirewallKind.AzureNsg && f.Joins(proxy.Zone)) is { } nsg)
            {
                yield return new AzurePool(site, cloud, cloud.VirtualNetwork!, proxy, nsg);
            }
            else
            {
                // Without a group of its own in the file the pool still gets one.
                nsg = new SiteFirewall { Name = $"{proxy.Name}-nsg", Kind = FirewallKind.AzureNsg, Sides = [new(proxy.Zone, "ProxyserverSubnet"), new(SiteZone.Internet, "Internet")] };
                yield return new AzurePool(site with { Firewalls = [.. site.Firewalls, nsg] }, cloud, cloud.VirtualNetwork!, proxy, nsg);
            }
        }
    }

    /// <summary>The links that end in this cloud.</summary>
    public IEnumerable<SitePrivateLink> Links => Site.PrivateLinks.Where(l => l.To == Cloud.Name);

    /// <summary>The load balancer's limit for idle flows, in whole minutes: 4 to 30 in Azure.</summary>
    public int IdleMinutes => (int)Math.Clamp(Proxy.IdleTimeout.TotalMinutes, 4, 30);

    /// <summary>The networks that reach the pool over a link: those of every zone whose traffic takes it.</summary>
    public IReadOnlyList<IPNetwork> NetworksBehind(SitePrivateLink link)
    {
        var map = new SiteMap(Site);
        var zones = FlowPlanner.Plan(Site).Where(f => map.Way(f.FromZone, f.ToZone)?.Any(c => c.IsLink && c.By == link.Name) ?? false).Select(f => f.FromZone).Distinct();
        return [.. zones.SelectMany(z => Site.Zone(z).Subnets).Distinct().OrderBy(n => n.ToString(), StringComparer.Ordinal)];
    }
}
