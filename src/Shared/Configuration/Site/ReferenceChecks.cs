namespace Culvert.Configuration;

/// <summary>Every name that is referred to exists.</summary>
internal static class ReferenceChecks
{
    public static void Run(SiteParts parts, SiteFile site)
    {
        string[] zones = [.. site.Zones.Select(z => z.Name)];
        string[] outside = [.. zones, SiteZone.Internet];
        string[] clouds = [.. site.Clouds.Select(c => c.Name)];
        string[] proxies = [.. site.Proxies.Select(p => p.Name)];

        foreach (var (at, zone) in parts.Zones)
        {
            Check(at, "cloud", zone.Cloud, clouds, "cloud");
        }

        foreach (var (at, cloud) in parts.Clouds)
        {
            Check(at, "zone", cloud.Zone, outside, "zone");
        }

        foreach (var (at, proxy) in parts.Proxies)
        {
            Check(at, "zone", proxy.Zone, zones, "zone");
            for (var i = 0; i < proxy.Parents.Count; i++)
            {
                Check(at, "parents", i, proxy.Parents[i], proxies, "proxy");
            }
        }

        foreach (var (at, sensor) in parts.Sensors)
        {
            Check(at, "zone", sensor.Zone, zones, "zone");
            Check(at, "cloud", sensor.Cloud, clouds, "cloud");
            foreach (var monitor in at.Mappings("monitors"))
            {
                Check(monitor, "zone", monitor.Optional("zone", Setting.Name), zones, "zone");
            }

            foreach (var route in at.Mappings("routes"))
            {
                var hops = route.List("hops", Setting.Name);
                for (var i = 0; i < hops.Count; i++)
                {
                    Check(route, "hops", i, hops[i], proxies, "proxy");
                }
            }
        }

        foreach (var (at, _) in parts.Firewalls)
        {
            foreach (var side in at.Mappings("sides"))
            {
                Check(side, "zone", side.Optional("zone", Setting.Name), outside, "zone");
            }
        }

        foreach (var (at, link) in parts.PrivateLinks)
        {
            Check(at, "from", link.From, zones, "zone");
            Check(at, "to", link.To, clouds, "cloud");
        }
    }

    private static void Check(SettingsMapping at, string key, string? name, string[] known, string what)
    {
        if (!string.IsNullOrEmpty(name) && !known.Contains(name))
        {
            at.Mistake(key, Found(name, known, what), Expected(known, what));
        }
    }

    private static void Check(SettingsMapping at, string key, int index, string name, string[] known, string what)
    {
        if (!known.Contains(name))
        {
            at.Mistake(key, index, Found(name, known, what), Expected(known, what));
        }
    }

    private static string Found(string name, string[] known, string what) =>
        Suggestion.For(name, known) is { } near ? $"there is no {what} '{name}' (did you mean '{near}'?)" : $"there is no {what} '{name}'";

    private static string Expected(string[] known, string what) => known.Length switch
    {
        0 => $"expected the name of a {what}, and none is written in this file",
        <= 20 => $"expected one of {string.Join(", ", known)}",
        _ => $"expected the name of a {what} in this file",
    };
}
