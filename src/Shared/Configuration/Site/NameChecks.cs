namespace Culvert.Configuration;

/// <summary>Names are unique where they stand for one thing.</summary>
internal static class NameChecks
{
    public static void Run(SiteParts parts)
    {
        Unique("zone", parts.Zones.Select(z => (z.At, z.Part.Name)));
        Unique("cloud", parts.Clouds.Select(c => (c.At, c.Part.Name)));
        Unique("private link", parts.PrivateLinks.Select(l => (l.At, l.Part.Name)));

        // Sensors, proxies and firewalls are hosts: their names become host names in the lab and folder names in the plan.
        Unique("host", parts.Sensors.Select(s => (s.At, s.Part.Name.ToString()))
            .Concat(parts.Proxies.Select(p => (p.At, p.Part.Name)))
            .Concat(parts.Firewalls.Select(f => (f.At, f.Part.Name))));

        foreach (var sensor in parts.Sensors)
        {
            Unique(sensor, "routes", [.. sensor.Part.Routes.Select(r => r.Name)]);
            Unique(sensor, "monitors", [.. sensor.Part.Monitors.Select(r => r.Interface)]);
        }

        foreach (var firewall in parts.Firewalls)
        {
            Unique(firewall, "sides", [.. firewall.Part.Sides.Select(s => s.Zone)]);
        }
    }

    private static void Unique(string what, IEnumerable<(SettingsMapping At, string Name)> named)
    {
        // Names that differ in case only become the same file or host somewhere.
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (at, name) in named.Where(n => n.Name.Length > 0))
        {
            if (!seen.TryAdd(name, at.Field))
            {
                at.Mistake("name", $"'{name}', which {seen[name]} is called too", $"expected a name of its own for each {what}");
            }
        }
    }

    private static void Unique<T>(Written<T> part, string key, IReadOnlyList<string> names)
    {
        foreach (var twice in names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Key.Length > 0 && g.Count() > 1))
        {
            part.At.Mistake(key, $"'{twice.Key}' stands twice", "expected each once");
        }
    }
}
