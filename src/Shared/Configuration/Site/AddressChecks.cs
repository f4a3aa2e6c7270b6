using System.Net;

namespace Culvert.Configuration;

/// <summary>Addresses lie in their zones, belong to one host each, and networks that are routed to each other do not overlap.</summary>
internal static class AddressChecks
{
    public static void Run(SiteParts parts, SiteFile site)
    {
        var owners = new Dictionary<(string Zone, IPAddress Address), string>();
        foreach (var (at, sensor) in parts.Sensors)
        {
            Check(at, site.Zone(sensor.Zone), sensor.Address, sensor.Name.ToString(), owners);
        }

        foreach (var (at, proxy) in parts.Proxies)
        {
            Check(at, site.Zone(proxy.Zone), proxy.Address, proxy.Name, owners);
            if (at.Mapping("pool") is not { } pool)
            {
                continue;
            }

            for (var i = 0; i < proxy.Pool!.Members.Count; i++)
            {
                var member = proxy.Pool.Members[i];
                if (!site.Zone(proxy.Zone).Contains(member))
                {
                    pool.Mistake("members", i, $"'{member}'", Inside(site.Zone(proxy.Zone)));
                }
                else if (!owners.TryAdd((proxy.Zone, member), proxy.Name))
                {
                    pool.Mistake("members", i, $"'{member}', which {owners[(proxy.Zone, member)]} has too", "expected an address of its own");
                }
            }
        }

        CheckPools(parts, site);
        CheckOverlaps(parts, site);
    }

    // Rules for a pool open its whole zone, so that it can grow. Where others stand there too they would open more than is meant for them.
    private static void CheckPools(SiteParts parts, SiteFile site)
    {
        foreach (var (at, proxy) in parts.Proxies.Where(p => p.Part.Pool is { } pool && pool.MaxMembers > pool.Members.Count))
        {
            var other = site.Proxies.Where(p => p.Zone == proxy.Zone && p.Name != proxy.Name).Select(p => p.Name)
                .Concat(site.Sensors.Where(s => s.Zone == proxy.Zone).Select(s => s.Name.ToString())).FirstOrDefault();
            if (other is not null)
            {
                at.Mapping("pool")!.Mistake("maxMembers", $"the pool may grow to {proxy.Pool!.MaxMembers} members in zone {proxy.Zone}, where {other} stands too",
                    "expected a zone of its own, or all members listed and maxMembers as many: rules for addresses not yet known would open the zone for others");
            }
        }
    }

    private static void Check(SettingsMapping at, SiteZone zone, IPAddress address, string name, Dictionary<(string, IPAddress), string> owners)
    {
        if (!zone.Contains(address))
        {
            at.Mistake("address", $"'{address}'", Inside(zone));
        }
        else if (!owners.TryAdd((zone.Name, address), name))
        {
            at.Mistake("address", $"'{address}', which {owners[(zone.Name, address)]} has too", "expected an address of its own");
        }
    }

    private static string Inside(SiteZone zone) => $"expected an address in zone {zone.Name}: {string.Join(", ", zone.Subnets)}";

    private static void CheckOverlaps(SiteParts parts, SiteFile site)
    {
        var seen = new List<(SiteZone Zone, IPNetwork Subnet)>();
        foreach (var (at, zone) in parts.Zones)
        {
            for (var i = 0; i < zone.Subnets.Count; i++)
            {
                var subnet = zone.Subnets[i];
                foreach (var (other, otherSubnet) in seen.Where(o => Networks.Overlap(o.Subnet, subnet)))
                {
                    if (other == zone)
                    {
                        at.Mistake("subnets", i, $"'{subnet}', which overlaps {otherSubnet} of the same zone", "expected each address once");
                    }
                    else if (IsRouted(site, zone.Name) && IsRouted(site, other.Name))
                    {
                        // The same plan in several cells is fine as long as they are only watched: the zone keeps devices apart.
                        at.Mistake("subnets", i, $"'{subnet}', which overlaps {otherSubnet} of zone {other.Name}",
                            "expected networks of their own, because both zones are joined by firewalls or links and no packet could tell them apart");
                    }
                }

                seen.Add((zone, subnet));
            }
        }
    }

    private static bool IsRouted(SiteFile site, string zone) =>
        site.Firewalls.Any(f => f.Joins(zone)) || site.PrivateLinks.Any(l => l.From == zone || l.To == site.Zone(zone).Cloud);
}
