using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tunnels.Tests;

public sealed class RouteSelectorTests
{
    private static readonly HostPort Hub = new("hub.example", 443);
    private static readonly HostPort Blob = new("blob.example", 443);
    private readonly FakeTimeProvider _clock = new();
    private readonly Route _first = new() { Name = "first", Priority = 1, Hops = [Dials.Hop(new HostPort("198.51.100.1", 3128))] };
    private readonly Route _second = new() { Name = "second", Priority = 2 };
    private readonly RouteSelector _selector;

    public RouteSelectorTests() => _selector = new RouteSelector([_second, _first], new RouteSelectorOptions(), _clock, new Random(1));

    [Fact]
    public void Priority_decides_and_the_order_of_the_list_between_equals()
    {
        Assert.Equal([_first, _second], _selector.Candidates(Hub));
        var equal = new RouteSelector([_second with { Name = "a" }, _second with { Name = "b" }], new RouteSelectorOptions(), _clock, new Random(1));
        Assert.Equal(["a", "b"], equal.Candidates(Hub).Select(r => r.Name));
    }

    [Fact]
    public void Two_routes_of_one_name_or_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RouteSelector([], new RouteSelectorOptions(), _clock, new Random(1)));
        Assert.Throws<ArgumentException>(() => new RouteSelector([_first, _first], new RouteSelectorOptions(), _clock, new Random(1)));
    }

    [Fact]
    public void Failures_of_one_destination_take_nothing_from_the_others()
    {
        _selector.ReportSuccess(_first, Blob, Trace());
        for (var i = 0; i < 100; i++)
        {
            _selector.ReportFailure(_first, Hub, Trace(), ofDestination: true);
        }

        Assert.Same(_first, _selector.Active);
        Assert.Equal(_first, _selector.Candidates(Blob)[0]);
        Assert.Equal(_second, _selector.Candidates(Hub)[0]);
    }

    [Fact]
    public void A_failed_route_comes_last_and_is_taken_back_after_its_hold_down()
    {
        var changes = new List<string>();
        _selector.ActiveChanged += r => changes.Add(r.Name);
        _selector.ReportSuccess(_first, Hub, Trace());
        _selector.ReportFailure(_first, Hub, Trace(), ofDestination: false);
        Assert.Null(_selector.Active);
        Assert.Equal([_second, _first], _selector.Candidates(Hub));
        _selector.ReportSuccess(_second, Hub, Trace());
        for (var i = 0; i < 6; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            _selector.ReportSuccess(_first, Hub, Trace(), probe: true);
            Assert.Same(_second, _selector.Active);
        }

        _clock.Advance(TimeSpan.FromSeconds(5));
        _selector.ReportSuccess(_first, Hub, Trace(), probe: true);
        Assert.Same(_first, _selector.Active);
        Assert.Equal(["first", "second", "first"], changes);
    }

    [Fact]
    public void A_timeout_does_not_blacklist_for_ever()
    {
        for (var i = 0; i < 1000; i++)
        {
            _selector.ReportFailure(_first, Hub, Trace(), ofDestination: false);
        }

        _clock.Advance(TimeSpan.FromSeconds(91));
        Assert.Contains(_first, _selector.DueProbes());
        Assert.Equal(TimeSpan.Zero, _selector.UntilNextProbe());
    }

    [Fact]
    public void Health_tells_the_states()
    {
        _selector.ReportFailure(_first, Hub, Trace(), ofDestination: false);
        _selector.ReportSuccess(_second, Hub, Trace());
        Assert.Equal(["failed", "active"], _selector.Health().Select(h => h.State));
        _selector.ReportSuccess(_first, Hub, Trace(), probe: true);
        Assert.Equal("holdDown", _selector.Health()[0].State);
    }

    private static Trace Trace() => new() { Route = "x", Destination = "y", StartedAt = default, Steps = [] };
}
