using Microsoft.Extensions.Time.Testing;

namespace Culvert.SensorHost.Tests;

public sealed class ReplayPaceTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Packets_are_due_so_many_times_faster_than_recorded()
    {
        var pace = new ReplayPace(10, _clock);

        Assert.Equal(TimeSpan.Zero, pace.Next(0));
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Next(TimeSpan.FromSeconds(10).Ticks));
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.Zero, pace.Next(TimeSpan.FromSeconds(14).Ticks));
        Assert.Equal(TimeSpan.FromSeconds(0.5), pace.Next(TimeSpan.FromSeconds(20).Ticks));
    }

    [Fact]
    public void Gaps_of_years_and_clocks_that_were_set_back_are_not_waited_for()
    {
        var pace = new ReplayPace(1, _clock);
        pace.Next(TimeSpan.FromDays(3650).Ticks);

        Assert.Equal(TimeSpan.FromMinutes(1), pace.Next(TimeSpan.FromDays(7300).Ticks));
        Assert.Equal(TimeSpan.FromMinutes(1), pace.Next(0));
    }

    [Fact]
    public void As_fast_as_possible_waits_for_nothing()
    {
        var pace = new ReplayPace(0, _clock);
        pace.Next(0);

        Assert.Equal(TimeSpan.Zero, pace.Next(TimeSpan.FromDays(1).Ticks));
    }
}
