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

    /// <summary>
    /// Whether it may be the destination's fault as well: the last hop took the request and gave no answer, or went away. A proxy waits so for a destination whose packets are dropped, longer
    /// than we wait for it; and a proxy that hangs looks the same.
    /// </summary>
    public static bool IsUnclear(Route route, DialResult result)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(result);
        return result.Trace.Failure is { Stage: Stage.Request, Cause: Cause.NoAnswer or Cause.ConnectionClosed or Cause.ConnectionReset } failure
            && failure.HopIndex >= 0 && failure.HopIndex == LastAsked(route);
    }

    private static int LastAsked(Route route)
    {
        var last = route.Hops.Count - 1;
        while (last > 0 && route.Hops[last].Reach == HopReach.Forwarded)
        {
            last--;
        }

        return last;
    }
}
