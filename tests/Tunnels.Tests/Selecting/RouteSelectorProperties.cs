using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tunnels.Tests;

/// <summary>
/// Random worlds of routes that break and mend, on a fake clock. In each: every request that some route could serve is served; no route is left for a better one sooner
/// than the hold-down after it became well; and each world ends mended, with the best route in use within a stated bound.
/// </summary>
public sealed class RouteSelectorProperties
{
    private static readonly RouteSelectorOptions Options = new();
    private static readonly HostPort[] Destinations = [new("hub.example", 443), new("blob.example", 443), new("events.example", 443)];

    /// <summary>The longest rest with its jitter, one probe that comes late, the hold-down, and one probe that proves it.</summary>
    private static readonly TimeSpan Bound = (Options.MaxBackOff * 1.5) + Options.ProbeInterval + Options.HoldDown + (Options.ProbeInterval * 2);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_world_is_served_without_flapping_and_ends_on_its_best_route(int seed)
    {
        var world = new World(seed);
        for (var step = 0; step < 400; step++)
        {
            world.BreakAndMend();
            world.Pass();
        }

        world.MendAll();
        var mended = world.Now;
        while (world.Active != 0)
        {
            Assert.True(world.Now - mended <= Bound, $"seed {seed}: the best route is not in use {world.Now - mended} after all was mended");
            world.Pass();
        }

        // It stays: nothing that works is left.
        for (var step = 0; step < 50; step++)
        {
            world.Pass();
            Assert.Equal(0, world.Active);
        }

        Assert.True(world.Served > 50, $"seed {seed}: the world showed too little ({world.Served} requests served)");
    }

    [Fact]
    public void The_worlds_show_failures_switches_and_returns()
    {
        var worlds = Seeds.Select(row => new World(row.Data)).ToList();
        foreach (var world in worlds)
        {
            for (var step = 0; step < 400; step++)
            {
                world.BreakAndMend();
                world.Pass();
            }
        }

        Assert.True(worlds.Count(w => w.Failures > 10) > 150);
        Assert.True(worlds.Count(w => w.Returns > 0) > 100);
        Assert.True(worlds.Count(w => w.Unserved > 0) > 20);
    }

    /// <summary>What the dialer would do, without sockets.</summary>
    private sealed class World
    {
        private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        private readonly Random _random;
        private readonly RouteSelector _selector;
        private readonly Route[] _routes;
        private readonly bool[] _up;
        private readonly HashSet<(int Route, HostPort Destination)> _blocked = [];
        private readonly DateTimeOffset[] _wellSince;
        private readonly int _seed;

        public World(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            _routes = [.. Enumerable.Range(0, _random.Next(1, 6)).Select(i => new Route { Name = $"r{i}", Priority = i, Hops = [Dials.Hop(new HostPort("198.51.100.1", i + 1))] })];
            _up = [.. _routes.Select(_ => true)];
            _wellSince = [.. _routes.Select(_ => DateTimeOffset.MinValue)];
            _selector = new RouteSelector(_routes, Options, _clock, new Random(seed + 1));
        }

        public int Served { get; private set; }

        public int Unserved { get; private set; }

        public int Failures { get; private set; }

        public int Returns { get; private set; }

        public DateTimeOffset Now => _clock.GetUtcNow();

        public int? Active => _selector.Active is { } route ? Array.IndexOf(_routes, route) : null;

        public void BreakAndMend()
        {
            for (var i = 0; i < _routes.Length; i++)
            {
                if (_random.Next(20) == 0)
                {
                    _up[i] = !_up[i];
                }
            }

            if (_random.Next(15) == 0)
            {
                var pair = (_random.Next(_routes.Length), Destinations[_random.Next(Destinations.Length)]);
                _ = _blocked.Add(pair) || _blocked.Remove(pair);
            }
        }

        public void MendAll()
        {
            Array.Fill(_up, true);
            _blocked.Clear();
        }

        /// <summary>A little time, the probes that are due, perhaps a request.</summary>
        public void Pass()
        {
            _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(200, 4000)));
            foreach (var route in _selector.DueProbes())
            {
                Try(route, Destinations[0], probe: true);
            }

            if (_random.Next(3) > 0)
            {
                Request(Destinations[_random.Next(Destinations.Length)]);
            }
        }

        private void Request(HostPort destination)
        {
            var candidates = _selector.Candidates(destination);
            Assert.Equal(_routes.Length, candidates.Distinct().Count());
            var served = candidates.Any(route => Try(route, destination, probe: false));
            // The bound: a working route is found by the first request that needs it.
            Assert.True(served == Enumerable.Range(0, _routes.Length).Any(i => Works(i, destination)), $"seed {_seed}");
            Served += served ? 1 : 0;
            Unserved += served ? 0 : 1;
        }

        private bool Works(int route, HostPort destination) => _up[route] && !_blocked.Contains((route, destination));

        private bool Try(Route route, HostPort destination, bool probe)
        {
            var index = Array.IndexOf(_routes, route);
            var before = Active;
            var trace = new Trace { Route = route.Name, Destination = destination.ToString(), StartedAt = Now, Steps = [] };
            if (Works(index, destination))
            {
                _wellSince[index] = _wellSince[index] == DateTimeOffset.MaxValue ? Now : _wellSince[index];
                _selector.ReportSuccess(route, destination, trace, probe);
                if (before is { } left && Active == index && left != index)
                {
                    // Another was in use and well: only a better one that has been well for the whole hold-down may take its place.
                    Returns++;
                    Assert.True(index < left, $"seed {_seed}: left route {left} for {index}");
                    Assert.True(Now - _wellSince[index] >= Options.HoldDown || _wellSince[index] == DateTimeOffset.MinValue, $"seed {_seed}: taken back too soon");
                }

                return true;
            }

            Failures++;
            var ofDestination = _up[index];
            // Every other destination that is blocked is met with silence, as is a route that hangs: the selector must find out whose it is.
            var silent = (index + destination.Host.Length) % 2 == 0;
            _selector.ReportFailure(route, destination, trace, ofDestination && !probe && !silent, unclear: silent && !probe);
            if (_selector.Health()[index].State == "failed")
            {
                _wellSince[index] = DateTimeOffset.MaxValue;
            }

            return false;
        }
    }
}
