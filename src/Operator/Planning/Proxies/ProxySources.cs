using System.Net;

namespace Culvert.Planning;

/// <summary>Who may ask a proxy.</summary>
public static class ProxySources
{
    /// <summary>The networks whose requests a proxy takes: who connects to it and, behind fronts that name the client, the fronts' own clients.</summary>
    public static IReadOnlyList<IPNetwork> Of(SiteFile site, SiteProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(proxy);
        var fronts = Fronts(site, proxy).ToList();
        var own = FlowPlanner.ClientsOf(site, proxy).Except(fronts.Select(Address));
        return [.. own.Concat(fronts.SelectMany(f => FlowPlanner.ClientsOf(site, f))).Distinct().OrderBy(n => n.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>The fronts before a Culvert proxy, which name the client by the PROXY protocol (version 2); empty for other programs.</summary>
    public static IReadOnlyList<IPNetwork> FrontsOf(SiteFile site, SiteProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(proxy);
        return [.. Fronts(site, proxy).Select(Address)];
    }

    private static IEnumerable<SiteProxy> Fronts(SiteFile site, SiteProxy proxy) =>
        site.Proxies.Where(f => proxy.Kind == ProxyKind.Culvert && f.Kind == ProxyKind.Haproxy && f.Parents.Contains(proxy.Name)
            && f.Parents.All(p => site.Proxy(p).Kind == ProxyKind.Culvert));

    private static IPNetwork Address(SiteProxy front) => new(front.Address, front.Address.GetAddressBytes().Length * 8);
}
