namespace Culvert.Configuration;

/// <summary>Reads a sensor's ways to its cloud.</summary>
public static class RouteReader
{
    private const int MaxRoutes = 16;

    /// <summary>The routes below <c>routes</c>, in the order written; the direct one where none is written.</summary>
    public static IReadOnlyList<Route> Read(SettingsMapping m)
    {
        ArgumentNullException.ThrowIfNull(m);
        if (!m.Has("routes"))
        {
            return [new Route { Name = "direct" }];
        }

        var routes = new List<Route>();
        foreach (var r in m.Mappings("routes", minItems: 1))
        {
            var route = new Route
            {
                Name = r.Required("name", Setting.Name),
                Priority = r.Optional("priority", Setting.Number(0, 1000), routes.Count + 1),
                Hops = RouteHopReader.Read(r),
            };
            if (routes.Any(other => other.Name == route.Name))
            {
                r.Mistake("name", $"'{route.Name}', which another route has", "expected a name of its own");
            }

            routes.Add(route);
        }

        if (routes.Count > MaxRoutes)
        {
            m.Mistake("routes", $"{routes.Count} routes", $"expected at most {MaxRoutes}");
        }

        return routes;
    }
}
