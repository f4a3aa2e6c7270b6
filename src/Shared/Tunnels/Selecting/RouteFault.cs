namespace Culvert.Tunnels;

/// <summary>What a failed dial says about the route: is the way broken, or only this destination?</summary>
public static class RouteFault
{
    /// <summary>
    /// Whether only the destination is to blame. A hop that answered CONNECT is alive: ten 403s or 24 503s for one destination must not take
    /// the hop away from the others. A chain whose parent is dead answers so too; then every destination fails, each on its own account.
    /// </summary>
    public static bool IsOfDestination(Route route, DialResult result)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(result);
        return !result.Succeeded && (result.OfDestination || route.IsDirect || result.Trace.Failure is { Stage: Stage.Tls or Stage.Service });
    }
}
