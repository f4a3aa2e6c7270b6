using Culvert.Storage;

namespace Culvert.PortalHost.Components.Parts;

/// <summary>One line of the map: a sensor, the hops of the route it uses, and how that ends.</summary>
/// <param name="Sensor">The sensor.</param>
/// <param name="Level">Purdue level it stands on; 2 where nobody said.</param>
/// <param name="Hops">The hops, nearest first.</param>
/// <param name="Tone">good, warn, bad or idle.</param>
/// <param name="End">What stands at the cloud: the route's name, or why there is none.</param>
internal sealed record PurdueMapWay(SensorEntry Sensor, decimal Level, IReadOnlyList<PurdueMapHop> Hops, string Tone, string End)
{
    /// <summary>Draws a sensor's way.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="routes">Its routes.</param>
    public static PurdueMapWay Of(SensorEntry sensor, IReadOnlyList<RouteHealth> routes)
    {
        var connected = sensor.State == SensorState.Active && sensor.Connection == ConnectionState.Connected;
        var route = routes.FirstOrDefault(r => r.State == "active") ?? (routes.Count > 0 ? routes[0] : null);
        var level = sensor.PurdueLevel ?? 2;
        var end = !connected ? Words.Of(sensor) : route is null ? "connected" : route.Hops.Count == 0 && route.Route != "direct" ? $"{route.Route}, direct" : route.Route;
        return new PurdueMapWay(sensor, level, route is null ? [] : [.. Place(route, level)], ToneOf(sensor, connected), end);
    }

    // A hop whose level nobody said stands with the one before it, and never below the sensor.
    private static IEnumerable<PurdueMapHop> Place(RouteHealth route, decimal sensor)
    {
        var last = sensor;
        for (var i = 0; i < route.Hops.Count; i++)
        {
            last = Math.Max(last, i < route.HopLevels.Count ? route.HopLevels[i] ?? last : last);
            var name = Words.HopName(route.Hops[i]);
            yield return new PurdueMapHop(name, route.Hops[i], last, route.State == "failed" && route.LastFailure?.Failure?.Target == name);
        }
    }

    private static string ToneOf(SensorEntry sensor, bool connected) =>
        sensor.State is SensorState.PendingActivation or SensorState.PendingReactivation ? "idle"
        : !connected || sensor.Health == HealthLevel.Critical ? "bad"
        : sensor.Health == HealthLevel.Warning ? "warn" : "good";
}

/// <summary>A hop on the map.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Name and address.</param>
/// <param name="Level">Purdue level.</param>
/// <param name="Broken">Whether the route failed at it.</param>
internal readonly record struct PurdueMapHop(string Name, string Address, decimal Level, bool Broken);
