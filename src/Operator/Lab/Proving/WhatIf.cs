using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>Takes one thing away and says which sensors lose which routes. Pure: needs no running lab.</summary>
public static class WhatIf
{
    /// <summary>Takes away each proxy, certificate and firewall rule, one at a time.</summary>
    public static IReadOnlyList<WhatIfLoss> Everything(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return [.. Things(site).Select(t => Without(site, t))];
    }

    /// <summary>Every thing that can be taken away, by name: <c>proxy NAME</c>, <c>certificate NAME</c>, <c>rule FIREWALL/NUMBER</c>.</summary>
    public static IReadOnlyList<string> Things(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return
        [
            .. site.Proxies.Select(p => $"proxy {p.Name}"),
            .. site.Proxies.Where(p => p.Scheme == HopScheme.Https).Select(p => $"certificate {p.Name}"),
            .. site.Clouds.Where(c => c.Endpoints.Count > 0).Select(c => $"certificate {c.Name}"),
            .. site.Firewalls.SelectMany(f => RulePlanner.Plan(site, f).Select(r => $"rule {f.Name}/{r.Number}")),
        ];
    }

    /// <summary>Takes one thing away. Throws <see cref="LabException"/> when the site has no such thing.</summary>
    public static WhatIfLoss Without(SiteFile site, string thing)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(thing);
        var parts = thing.Split(' ', 2, StringSplitOptions.TrimEntries);
        Func<SiteSensor, SiteRoute, bool> isLost = parts switch
        {
            ["proxy" or "certificate", var name] when site.Proxies.Any(p => p.Name == name) => (_, route) => !Passes(site, route, name),
            ["certificate", var name] when site.Clouds.Any(c => c.Name == name) => (sensor, _) => sensor.Cloud == name,
            ["rule", var rule] when FindRule(site, rule) is { } found => (sensor, route) => Needs(site, sensor, route, found.Flow),
            _ => throw new LabException($"The site has no '{thing}'; expected one of: {string.Join(", ", Things(site).Take(40))}"),
        };
        var lost = new List<WhatIfRoute>();
        foreach (var sensor in site.Sensors.Where(s => s.Mode == SensorMode.CloudConnected))
        {
            var routes = Routes(sensor);
            var gone = routes.Where(r => isLost(sensor, r)).Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
            if (gone.Count > 0)
            {
                lost.Add(new WhatIfRoute(sensor.Name.ToString(), [.. gone], [.. routes.Select(r => r.Name).Where(n => !gone.Contains(n))]));
            }
        }

        return new WhatIfLoss(thing, Describe(site, parts), lost);
    }

    private static IReadOnlyList<SiteRoute> Routes(SiteSensor sensor) => sensor.Routes.Count > 0 ? sensor.Routes : [new SiteRoute { Name = "direct" }];

    // Whether a route still leads through without a proxy: it must be no hop, and every hop must keep a way up through its parents.
    private static bool Passes(SiteFile site, SiteRoute route, string gone) => !route.Hops.Contains(gone)
        && (route.Hops.Count == 0 || route.Hops.All(h => Stands(site, h, gone, [])));

    private static bool Stands(SiteFile site, string proxy, string gone, HashSet<string> seen)
    {
        if (proxy == gone || !seen.Add(proxy))
        {
            return false;
        }

        var parents = site.Proxy(proxy).Parents;
        return parents.Count == 0 || parents.Any(p => Stands(site, p, gone, [.. seen]));
    }

    // Whether the flow belongs to the route: it is planned for a site that has this route alone, and no other parent stands in.
    private static bool Needs(SiteFile site, SiteSensor sensor, SiteRoute route, PlannedFlow flow)
    {
        var alone = FlowPlanner.Plan(site with { Sensors = [sensor with { Routes = [route] }] });
        // The time can drift for days; TCP to a resolver is for answers that do not fit in a datagram, and these do.
        if (!alone.Any(f => (f.From, f.To, f.Protocol, f.Port) == (flow.From, flow.To, flow.Protocol, flow.Port)) || flow is { Port: 123 } or { Protocol: FlowProtocol.Tcp, Port: 53 })
        {
            return false;
        }

        var from = site.Proxies.FirstOrDefault(p => p.Name == flow.From);
        return from is null || from.Parents.Count < 2 || !from.Parents.Contains(flow.To);
    }

    private static FirewallRule? FindRule(SiteFile site, string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && site.Firewalls.FirstOrDefault(f => f.Name == parts[0]) is { } firewall && int.TryParse(parts[1], out var number)
            ? RulePlanner.Plan(site, firewall).FirstOrDefault(r => r.Number == number) : null;
    }

    private static string Describe(SiteFile site, string[] parts) => parts switch
    {
        ["rule", var rule] when FindRule(site, rule) is { } found => $"{found.Flow.From} to {found.Flow.To}, {found.Flow.Protocol.ToString().ToLowerInvariant()}{(found.Flow.Port == 0 ? "" : $"/{found.Flow.Port}")}: {found.Flow.Reason}",
        ["proxy", var name] => $"{site.Proxy(name).Kind.ToString().ToLowerInvariant()} in {site.Proxy(name).Zone}{(site.Proxy(name).Pool is { } pool ? $", all {pool.Members.Count} members; one alone is stood in for by the others" : "")}",
        _ => "what it proves can no longer be proved",
    };
}

/// <summary>What is lost without one thing.</summary>
/// <param name="Thing">What was taken away.</param>
/// <param name="Description">What it is.</param>
/// <param name="Lost">The sensors that lose a route; empty when nobody does.</param>
public sealed record WhatIfLoss(string Thing, string Description, IReadOnlyList<WhatIfRoute> Lost)
{
    /// <summary>Whether a sensor is left without any route.</summary>
    public bool CutsOff => Lost.Any(l => l.Left.Count == 0);
}

/// <summary>What one sensor loses.</summary>
/// <param name="Sensor">The sensor.</param>
/// <param name="Lost">The routes lost.</param>
/// <param name="Left">The routes left.</param>
public sealed record WhatIfRoute(string Sensor, IReadOnlyList<string> Lost, IReadOnlyList<string> Left);
