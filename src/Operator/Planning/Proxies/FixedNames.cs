using System.Net;

namespace Culvert.Planning;

/// <summary>Names with addresses written in the site file, for machines in zones without a resolver.</summary>
internal static class FixedNames
{
    /// <summary>The names that a proxy must resolve and has no resolver for.</summary>
    public static SortedDictionary<string, IReadOnlyList<IPAddress>> OfProxy(SiteFile site, SiteProxy proxy)
    {
        if (site.Zone(proxy.Zone).DnsServers.Count > 0)
        {
            return [];
        }

        // A proxy with parents resolves these alone; the parents resolve the destinations.
        return proxy.Parents.Count > 0
            ? Known(site, proxy.Parents.Select(p => site.Proxy(p).Listen.Host))
            : Known(site, FlowPlanner.DestinationsOf(site, proxy).Select(d => d.Host));
    }

    /// <summary>The names that a sensor must resolve and has no resolver for: first hops, and the endpoints of a straight route.</summary>
    public static SortedDictionary<string, IReadOnlyList<IPAddress>> OfSensor(SiteFile site, SiteSensor sensor)
    {
        if (sensor.Cloud is null || site.Zone(sensor.Zone).DnsServers.Count > 0)
        {
            return [];
        }

        var names = sensor.Routes.Where(r => r.Hops.Count > 0).Select(r => site.Proxy(r.Hops[0]).Listen.Host);
        var isStraight = sensor.Routes.Count == 0 || sensor.Routes.Any(r => r.Hops.Count == 0);
        return Known(site, isStraight ? names.Concat(site.Cloud(sensor.Cloud).Endpoints.Select(e => e.Endpoint.Address.Host)) : names);
    }

    /// <summary>The addresses that the site file writes for a name; empty when it writes none.</summary>
    public static IReadOnlyList<IPAddress> AddressesOf(SiteFile site, string host) =>
        [.. site.Proxies.Where(p => p.Host == host).Select(p => p.Address)
            .Concat(site.Clouds.SelectMany(c => c.Endpoints).Where(e => e.Endpoint.Address.Host == host).SelectMany(e => e.Addresses)).Distinct()];

    private static SortedDictionary<string, IReadOnlyList<IPAddress>> Known(SiteFile site, IEnumerable<string> names)
    {
        var known = new SortedDictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal);
        foreach (var name in names.Where(n => !IPAddress.TryParse(n, out _)).Distinct())
        {
            if (AddressesOf(site, name) is { Count: > 0 } addresses)
            {
                known[name] = addresses;
            }
        }

        return known;
    }
}
