namespace Culvert.Tunnels;

/// <summary>The hops, and the edges between two hops, that failed during one request: routes that share them need not be tried. Kept apart, as a hop that one neighbour can't reach may well be reached by another.</summary>
internal sealed class DeadWays
{
    private readonly Dictionary<(HostPort? From, HostPort To), (Trace Trace, bool Unclear)> _edges = [];
    private readonly Dictionary<Hop, (Trace Trace, bool Unclear)> _hops = [];

    /// <summary>Notes what a failed dial says about hops and edges; nothing where only the destination is to blame.</summary>
    public void Note(Route route, DialResult result)
    {
        if (result.Trace.Failure is not { } failure || RouteFault.IsOfDestination(route, result) || failure.HopIndex >= route.Hops.Count)
        {
            return;
        }

        var hop = route.Hops[failure.HopIndex];
        if (failure.Stage is Stage.Resolve or Stage.Connect)
        {
            _edges.TryAdd((Before(route, failure.HopIndex), hop.Address), (result.Trace, false));
        }
        else if (result.RefusedWith is null or 407 || failure.Cause is Cause.NotAProxy or Cause.BlockPage or Cause.MalformedAnswer)
        {
            // It fails whoever comes: no answer, no proxy, its TLS, our credentials.
            _hops.TryAdd(Nameless(hop), (result.Trace, RouteFault.IsUnclear(route, result)));
        }
        else if (failure.HopIndex + 1 < route.Hops.Count)
        {
            // It answered and could not, or would not, reach the next.
            _edges.TryAdd((hop.Address, route.Hops[failure.HopIndex + 1].Address), (result.Trace, false));
        }
    }

    /// <summary>The trace that showed that something on the route failed, and whether it may be the destination's fault; null when nothing is known.</summary>
    public (Trace Trace, bool Unclear)? Blocks(Route route)
    {
        for (var i = 0; i < route.Hops.Count; i++)
        {
            if (_hops.TryGetValue(Nameless(route.Hops[i]), out var known) || _edges.TryGetValue((Before(route, i), route.Hops[i].Address), out known))
            {
                return known;
            }
        }

        return null;
    }

    // Two routes may give one hop two names; what counts is where it is and how we come to it.
    private static Hop Nameless(Hop hop) => hop with { Name = "", Level = null, Reach = HopReach.Nested };

    private static HostPort? Before(Route route, int index) => index == 0 ? null : route.Hops[index - 1].Address;
}
