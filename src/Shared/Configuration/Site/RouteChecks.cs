namespace Culvert.Configuration;

/// <summary>Routes lead upwards, do not loop, agree with the proxies' parents, and have a way through firewalls for each stretch.</summary>
internal static class RouteChecks
{
    public static void Run(SiteParts parts, SiteFile site)
    {
        var map = new SiteMap(site);
        foreach (var (at, proxy) in parts.Proxies)
        {
            CheckParents(at, proxy, site, map);
        }

        foreach (var (at, sensor) in parts.Sensors)
        {
            foreach (var route in at.Mappings("routes"))
            {
                var name = route.Optional("name", Setting.Name);
                CheckRoute(route, sensor, sensor.Routes.First(r => r.Name == name), site, map);
            }

            CheckMethod(at, sensor, site);
        }
    }

    private static void CheckParents(SettingsMapping at, SiteProxy proxy, SiteFile site, SiteMap map)
    {
        for (var i = 0; i < proxy.Parents.Count; i++)
        {
            var parent = site.Proxy(proxy.Parents[i]);
            if (LeadsTo(parent, proxy.Name, site, []))
            {
                at.Mistake("parents", i, $"'{parent.Name}' leads back to {proxy.Name}", "expected a chain without a loop");
            }
            else if (site.Zone(parent.Zone).Height < site.Zone(proxy.Zone).Height)
            {
                at.Mistake("parents", i, $"'{parent.Name}' stands below {proxy.Name}, at level {Level(site, parent.Zone)}", $"expected a proxy at level {Level(site, proxy.Zone)} or above");
            }
            else if (map.Way(proxy.Zone, parent.Zone) is null)
            {
                at.Mistake("parents", i, $"no firewall or link leads from zone {proxy.Zone} to zone {parent.Zone}", "expected a way between them, in firewalls or privateLinks");
            }
        }
    }

    private static bool LeadsTo(SiteProxy from, string target, SiteFile site, HashSet<string> seen) =>
        from.Name == target || (seen.Add(from.Name) && from.Parents.Any(p => LeadsTo(site.Proxy(p), target, site, seen)));

    private static void CheckRoute(SettingsMapping at, SiteSensor sensor, SiteRoute route, SiteFile site, SiteMap map)
    {
        var zone = sensor.Zone;
        for (var i = 0; i < route.Hops.Count; i++)
        {
            var hop = site.Proxy(route.Hops[i]);
            if (route.Hops.Take(i).Contains(hop.Name))
            {
                at.Mistake("hops", i, $"'{hop.Name}' stands twice", "expected a route without a loop");
            }

            if (site.Zone(hop.Zone).Height < site.Zone(zone).Height)
            {
                at.Mistake("hops", i, $"'{hop.Name}' goes down from level {Level(site, zone)} to level {Level(site, hop.Zone)}", "expected levels that ascend towards the cloud");
            }
            else if (map.Way(zone, hop.Zone) is null)
            {
                at.Mistake("hops", i, $"no firewall or link leads from zone {zone} to zone {hop.Zone}", "expected a way between them, in firewalls or privateLinks");
            }

            if (i > 0 && route.Chaining == HopReach.Forwarded && !site.Proxy(route.Hops[i - 1]).Parents.Contains(hop.Name))
            {
                at.Mistake("hops", i, $"'{hop.Name}' is no parent of {route.Hops[i - 1]}", $"expected it among the parents of {route.Hops[i - 1]}, which forwards to it");
            }

            if (i > 0 && route.Chaining == HopReach.Nested && site.Proxy(route.Hops[i - 1]) is { Kind: ProxyKind.Haproxy } front)
            {
                at.Mistake("hops", i, $"'{hop.Name}' after {front.Name}, a front that passes everything to its own parents", "expected nothing after it, or chaining: forwarded");
            }

            zone = hop.Zone;
        }

        CheckEnd(at, sensor, route, zone, site, map);
    }

    private static void CheckEnd(SettingsMapping at, SiteSensor sensor, SiteRoute route, string zone, SiteFile site, SiteMap map)
    {
        // What forwards ends where its last parent dials out, whether or not the route names it.
        var last = route.Hops.Count == 0 ? null : site.Proxy(route.Hops[^1]);
        while (last is { Parents.Count: > 0 })
        {
            last = site.Proxy(last.Parents[0]);
            zone = last.Zone;
        }

        if (CloudOf(sensor, site) is { } cloud && map.Way(zone, cloud.Zone) is null)
        {
            at.Mistake("hops", $"no firewall or link leads from zone {zone} to zone {cloud.Zone}, where cloud {cloud.Name} is reached", "expected a way between them, in firewalls or privateLinks");
        }
    }

    private static void CheckMethod(SettingsMapping at, SiteSensor sensor, SiteFile site)
    {
        if (sensor.Method is not { } method || sensor.Routes.Count == 0)
        {
            return;
        }

        // Further routes may be of another kind (the way round when the first is down): the method is that of the preferred one.
        var first = sensor.Routes[0];
        var inCloud = first.Hops.Any(h => site.Zone(site.Proxy(h).Zone).Cloud is not null);
        var (agrees, expected) = method switch
        {
            ConnectionMethod.Direct => (first.Hops.Count == 0, "a preferred route without hops"),
            ConnectionMethod.ProxyChain => (first.Hops.Count > 0, "a preferred route with at least one hop"),
            ConnectionMethod.CloudProxy => (inCloud, "a preferred route through a proxy that stands in a cloud's zone"),
            _ => (site.Zone(sensor.Zone).Cloud is not null, "a sensor that stands in a cloud's zone"),
        };

        if (!agrees)
        {
            at.Mistake("method", $"'{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(method.ToString())}', but the routes say otherwise", $"expected {expected}");
        }
    }

    private static SiteCloud? CloudOf(SiteSensor sensor, SiteFile site) => CloudChecks.CloudOf(sensor, site);

    private static string Level(SiteFile site, string zone) => site.Zone(zone).PurdueLevel?.ToString() ?? "of the cloud";
}
