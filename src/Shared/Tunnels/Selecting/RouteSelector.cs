namespace Culvert.Tunnels;

/// <summary>Decides which route to try, from what was reported of them. A pure state machine: it dials nothing. Safe for several threads.</summary>
/// <remarks>
/// A route rests after a failure of its own; a (route, destination) pair rests after a failure of that destination. What rests comes last and is not left out:
/// where nothing better opens a tunnel, every route is tried at each request, so that one that works is found at once.
/// </remarks>
public sealed class RouteSelector
{
    private readonly Lock _gate = new();
    private readonly RouteSelectorOptions _options;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly Entry[] _entries;
    private Entry? _active;

    /// <summary>Makes a selector over the routes of one sensor.</summary>
    /// <exception cref="ArgumentException">There is no route, or two have one name.</exception>
    public RouteSelector(IReadOnlyList<Route> routes, RouteSelectorOptions options, TimeProvider clock, Random random)
    {
        ArgumentNullException.ThrowIfNull(routes);
        if (routes.Count == 0 || routes.Select(r => r.Name).Distinct(StringComparer.Ordinal).Count() != routes.Count)
        {
            throw new ArgumentException("At least one route is needed, each with a name of its own.", nameof(routes));
        }

        (_options, _clock, _random) = (options, clock, random);
        _entries = [.. routes.Select((route, index) => (route, index)).OrderBy(r => r.route.Priority).ThenBy(r => r.index).Select((r, rank) => new Entry(r.route, rank))];
    }

    /// <summary>Raised (on the reporting thread) when another route becomes the active one; the argument is the new one.</summary>
    public event Action<Route>? ActiveChanged;

    /// <summary>The route in use; null before the first success and after the active one failed.</summary>
    public Route? Active
    {
        get
        {
            lock (_gate)
            {
                return _active?.Route;
            }
        }
    }

    /// <summary>All routes, in the order in which to try them for a destination now: the proven ones by priority, those in hold-down, those that rest.</summary>
    public IReadOnlyList<Route> Candidates(HostPort destination)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            return
            [
                .. _entries
                    .OrderBy(e => e.State == RouteState.Failed || e.Rests(destination, now) ? 2 : e.State == RouteState.HoldDown ? 1 : 0)
                    .ThenBy(e => e.State == RouteState.Failed || e.Rests(destination, now) ? e.RestsUntil(destination) : DateTimeOffset.MinValue)
                    .ThenBy(e => e.Rank)
                    .Select(e => e.Route),
            ];
        }
    }

    /// <summary>Says that a tunnel over the route opened.</summary>
    /// <param name="route">The route.</param>
    /// <param name="destination">Where the tunnel leads.</param>
    /// <param name="trace">How it went.</param>
    /// <param name="probe">Whether it was only a probe: then the route is not put to use by it.</param>
    public void ReportSuccess(Route route, HostPort destination, Trace trace, bool probe = false)
    {
        Action<Route>? raise = null;
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var entry = Find(route);
            entry.LastTrace = trace;
            entry.Destinations.Remove(destination);
            foreach (var kin in _entries.Where(e => e == entry || (e.Route.Hops.Count > 0 && route.Hops.Count > 0 && e.Route.Hops[^1].Address == route.Hops[^1].Address)))
            {
                kin.Opened(destination, now);
            }

            if (entry.State is RouteState.Failed)
            {
                entry.WellSince = now;
                entry.State = RouteState.HoldDown;
            }

            entry.NextProbe = now + _options.ProbeInterval;
            var proven = entry.State == RouteState.HoldDown && now - entry.WellSince >= _options.HoldDown;
            if (proven)
            {
                (entry.State, entry.Failures) = (RouteState.Standby, 0);
            }

            // Put to use when nothing better is in use: by real traffic at once, by a probe once it has proven itself.
            if (entry != _active && (!probe || proven) && (_active is null || (entry.State == RouteState.Standby && entry.Rank < _active.Rank)))
            {
                if (_active is not null)
                {
                    _active.State = RouteState.Standby;
                }

                _active = entry;
                entry.State = RouteState.Active;
                raise = ActiveChanged;
            }
            else if (entry == _active)
            {
                entry.Failures = 0;
            }
        }

        raise?.Invoke(route);
    }

    /// <summary>Says that a dial over the route failed.</summary>
    /// <param name="route">The route.</param>
    /// <param name="destination">Where the tunnel was to lead.</param>
    /// <param name="trace">How it went.</param>
    /// <param name="ofDestination">Whether only the destination is to blame.</param>
    /// <param name="unclear">
    /// Whether it may be the destination or the last hop (<see cref="RouteFault.IsUnclear"/>). Then what others met on this route decides: where another destination opened within the hold-down and none
    /// other has failed so since, this one is to blame.
    /// </param>
    public void ReportFailure(Route route, HostPort destination, Trace trace, bool ofDestination, bool unclear = false)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var entry = Find(route);
            ofDestination |= unclear && Suspects(entry, destination, now);
            (entry.LastTrace, entry.LastFailure) = (trace, trace);
            if (ofDestination)
            {
                var (failures, _) = entry.Destinations.GetValueOrDefault(destination);
                // A sensor has five destinations; the bound only guards against a caller gone mad.
                if (entry.Destinations.Count < 256 || entry.Destinations.ContainsKey(destination))
                {
                    entry.Destinations[destination] = (failures + 1, now + BackOff(failures + 1));
                }

                return;
            }

            entry.Failures++;
            entry.State = RouteState.Failed;
            entry.NextProbe = entry.RestUntil = now + BackOff(entry.Failures);
            if (_active == entry)
            {
                _active = null;
            }
        }
    }

    /// <summary>The routes that should be probed in the background now: those that failed or prove themselves, and whose time has come.</summary>
    public IReadOnlyList<Route> DueProbes()
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            return [.. _entries.Where(e => e.State is RouteState.Failed or RouteState.HoldDown && e.NextProbe <= now).Select(e => e.Route)];
        }
    }

    /// <summary>How long until the next probe is due; null when no route needs one.</summary>
    public TimeSpan? UntilNextProbe()
    {
        lock (_gate)
        {
            var waiting = _entries.Where(e => e.State is RouteState.Failed or RouteState.HoldDown).ToArray();
            if (waiting.Length == 0)
            {
                return null;
            }

            var wait = waiting.Min(e => e.NextProbe) - _clock.GetUtcNow();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>The state of every route, in priority order.</summary>
    public IReadOnlyList<RouteHealth> Health()
    {
        lock (_gate)
        {
            return
            [
                .. _entries.Select(e => new RouteHealth
                {
                    Route = e.Route.Name,
                    Priority = e.Route.Priority,
                    Hops = [.. e.Route.Hops.Select(h => h.ToString())],
                    HopLevels = [.. e.Route.Hops.Select(h => h.Level?.Value)],
                    State = e.State switch
                    {
                        RouteState.Active => "active",
                        RouteState.Failed => "failed",
                        RouteState.HoldDown => "holdDown",
                        _ => "standby",
                    },
                    LastTrace = e.LastTrace,
                    LastFailure = e.LastFailure,
                }),
            ];
        }
    }

    private Entry Find(Route route) =>
        _entries.FirstOrDefault(e => e.Route.Name == route.Name) ?? throw new ArgumentException($"The route {route.Name} is not one of this selector.", nameof(route));

    /// <summary>Notes that a destination met silence; whether it alone is suspected. Routes that end in one hop know the same of it.</summary>
    private bool Suspects(Entry entry, HostPort destination, DateTimeOffset now)
    {
        entry.Silent(destination);
        var last = entry.Route.Hops[^1].Address;
        var kin = _entries.Where(e => e.Route.Hops.Count > 0 && e.Route.Hops[^1].Address == last).ToList();
        return kin.Any(e => e.OthersOpened(destination, now - _options.HoldDown)) && !kin.Any(e => e.OthersSilent(destination));
    }

    private TimeSpan BackOff(int failures)
    {
        var doubled = _options.FirstBackOff * Math.Pow(2, Math.Min(failures - 1, 20));
        var capped = doubled < _options.MaxBackOff ? doubled : _options.MaxBackOff;
        // Between half and one and a half, so that many sensors that lost one proxy do not come back together.
        return capped * (0.5 + _random.NextDouble());
    }

    private sealed class Entry(Route route, int rank)
    {
        public Route Route { get; } = route;

        public int Rank { get; } = rank;

        public RouteState State { get; set; }

        public int Failures { get; set; }

        public DateTimeOffset RestUntil { get; set; }

        public DateTimeOffset NextProbe { get; set; }

        public DateTimeOffset WellSince { get; set; }

        public Trace? LastTrace { get; set; }

        public Trace? LastFailure { get; set; }

        public Dictionary<HostPort, (int Failures, DateTimeOffset Until)> Destinations { get; } = [];

        private readonly Dictionary<HostPort, DateTimeOffset> _openedAt = [];
        private readonly HashSet<HostPort> _silent = [];

        public void Opened(HostPort destination, DateTimeOffset now)
        {
            _silent.Clear();
            if (_openedAt.Count < 256 || _openedAt.ContainsKey(destination))
            {
                _openedAt[destination] = now;
            }
        }

        public void Silent(HostPort destination)
        {
            if (_silent.Count < 256)
            {
                _silent.Add(destination);
            }
        }

        public bool OthersSilent(HostPort destination) => _silent.Any(s => s != destination);

        public bool OthersOpened(HostPort destination, DateTimeOffset since) => _openedAt.Any(o => o.Key != destination && o.Value >= since);

        public bool Rests(HostPort destination, DateTimeOffset now) => Destinations.TryGetValue(destination, out var d) && d.Until > now;

        public DateTimeOffset RestsUntil(HostPort destination)
        {
            var own = State == RouteState.Failed ? RestUntil : DateTimeOffset.MinValue;
            return Destinations.TryGetValue(destination, out var d) && d.Until > own ? d.Until : own;
        }
    }
}
