namespace Culvert.Tunnels;

/// <summary>Opens tunnels to cloud endpoints over the best route that works, and probes the better ones that do not.</summary>
public sealed class RoutedDialer(TunnelDialer dialer, RouteSelector selector, RouteSelectorOptions options)
{
    /// <summary>What is known of the routes.</summary>
    public RouteSelector Selector => selector;

    /// <summary>The dialer under it.</summary>
    public TunnelDialer Dialer => dialer;

    /// <summary>Raised after every dial, probes included, so that a host may log the trace. Handlers must be quick and thread-safe.</summary>
    public event Action<DialResult>? Dialed;

    /// <summary>Opens a tunnel with TLS inside, end to end, where <paramref name="tls"/> is given. Tries the routes in the selector's order; before any is known to work, the next is started beside a slow one. The result is the success, or the last failure.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<DialResult> ConnectAsync(HostPort destination, EndpointTls? tls, CancellationToken cancellationToken)
    {
        var candidates = selector.Candidates(destination).ToList();
        var dead = new DeadWays();
        var running = new Dictionary<Task<DialResult>, Route>();
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        DialResult? last = null;
        try
        {
            while (true)
            {
                PassOver(candidates, dead, destination);
                if (Next(candidates, running.Values) is { } next)
                {
                    candidates.Remove(next);
                    running.Add(DialAsync(next, destination, tls, losers.Token).AsTask(), next);
                }

                if (running.Count == 0)
                {
                    return last ?? throw new InvalidOperationException("The selector gave no route.");
                }

                var race = selector.Active is null && Next(candidates, running.Values) is not null;
                var first = Task.WhenAny(running.Keys);
                if (race && await Task.WhenAny(first, Task.Delay(options.Stagger, dialer.Clock, losers.Token)) != first)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    continue;
                }

                var done = await first;
                running.Remove(done, out var route);
                last = await done;
                if (last.Succeeded)
                {
                    selector.ReportSuccess(route!, destination, last.Trace);
                    return last;
                }

                selector.ReportFailure(route!, destination, last.Trace, RouteFault.IsOfDestination(route!, last), RouteFault.IsUnclear(route!, last));
                dead.Note(route!, last);
            }
        }
        finally
        {
            await losers.CancelAsync();
            foreach (var loser in running.Keys)
            {
                try
                {
                    if ((await loser).Stream is { } stream && !ReferenceEquals(stream, last?.Stream))
                    {
                        await stream.DisposeAsync();
                    }
                }
                catch (OperationCanceledException)
                {
                    // That is how a loser ends.
                }
            }
        }
    }

    /// <summary>
    /// Probes failed routes until cancelled, so that a better one is taken back after its hold-down. A probe opens a tunnel to a destination and closes it. One destination that opens shows that
    /// the route can be used; where one is to blame itself, the next is asked, beginning with another each time.
    /// </summary>
    /// <param name="destinations">What the routes are for; at least one.</param>
    /// <param name="tls">Gives the TLS to run inside for a destination; null for none.</param>
    /// <param name="cancellationToken">Ends the probing.</param>
    public async Task ProbeAsync(IReadOnlyList<HostPort> destinations, Func<HostPort, EndpointTls?> tls, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destinations);
        ArgumentNullException.ThrowIfNull(tls);
        ArgumentOutOfRangeException.ThrowIfZero(destinations.Count);
        for (var turn = 0; !cancellationToken.IsCancellationRequested; turn++)
        {
            var dead = new DeadWays();
            foreach (var route in selector.DueProbes())
            {
                await ProbeAsync(route, [.. destinations.Select((_, i) => destinations[(i + turn) % destinations.Count])], tls, dead, cancellationToken);
            }

            var wait = selector.UntilNextProbe() ?? options.ProbeInterval;
            await Task.Delay(wait > TimeSpan.FromMilliseconds(100) ? wait : TimeSpan.FromMilliseconds(100), dialer.Clock, cancellationToken);
        }
    }

    private async ValueTask ProbeAsync(Route route, HostPort[] destinations, Func<HostPort, EndpointTls?> tls, DeadWays dead, CancellationToken cancellationToken)
    {
        for (var i = 0; i < destinations.Length; i++)
        {
            var last = i + 1 == destinations.Length;
            if (dead.Blocks(route) is { } known)
            {
                selector.ReportFailure(route, destinations[i], known.Trace, ofDestination: false);
                return;
            }

            var result = await DialAsync(route, destinations[i], tls(destinations[i]), cancellationToken);
            if (result.Succeeded)
            {
                await result.Stream.DisposeAsync();
                selector.ReportSuccess(route, destinations[i], result.Trace, probe: true);
                return;
            }

            // The destination's own fault says nothing of the route as long as another may open; when none does, the route is of no use.
            var ofDestination = RouteFault.IsOfDestination(route, result) || RouteFault.IsUnclear(route, result);
            if (!ofDestination || last)
            {
                dead.Note(route, result);
            }

            selector.ReportFailure(route, destinations[i], result.Trace, ofDestination && !last);
            if (!ofDestination)
            {
                return;
            }
        }
    }

    /// <summary>Routes may share hops: what just failed is not tried again by the next route, which has failed with it.</summary>
    private void PassOver(List<Route> candidates, DeadWays dead, HostPort destination)
    {
        candidates.RemoveAll(route =>
        {
            if (dead.Blocks(route) is not { } known)
            {
                return false;
            }

            // Where only this destination may be to blame, a route that was not even tried is not marked down for it.
            selector.ReportFailure(route, destination, known.Trace, ofDestination: known.Unclear);
            return true;
        });
    }

    /// <summary>The next route that shares no hop with one that is being dialled: it would only wait at the same door.</summary>
    private static Route? Next(List<Route> candidates, IReadOnlyCollection<Route> running)
    {
        var inUse = running.SelectMany(r => r.Hops).Select(h => h.Address).ToHashSet();
        return candidates.FirstOrDefault(r => !r.Hops.Any(h => inUse.Contains(h.Address)));
    }

    private async ValueTask<DialResult> DialAsync(Route route, HostPort destination, EndpointTls? tls, CancellationToken cancellationToken)
    {
        var result = tls is null
            ? await dialer.DialAsync(route, destination, cancellationToken)
            : await dialer.DialTlsAsync(route, destination, tls, cancellationToken);
        Dialed?.Invoke(result);
        return result;
    }
}
