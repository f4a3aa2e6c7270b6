namespace Culvert.Uplink.Tests;

public sealed class ClockDriftTests
{
    private static readonly DateTimeOffset Cloud = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Is_unknown_before_the_first_answer() => Assert.Null(new ClockDrift().Drift);

    [Theory]
    [InlineData(0)]
    [InlineData(-340)]
    [InlineData(7200)]
    [InlineData(0.25)]
    public void Lies_within_its_bounds_and_many_answers_narrow_them_below_the_resolution_of_the_stamp(double seconds)
    {
        var (drift, random, truth) = (new ClockDrift(), new Random(11), TimeSpan.FromSeconds(seconds));
        var at = Cloud;
        for (var i = 0; i < 60; i++)
        {
            at += TimeSpan.FromSeconds(1 + random.NextDouble());
            var latency = TimeSpan.FromMilliseconds(5 + random.Next(40));
            var stamp = new DateTimeOffset((at + (latency / 2)).UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
            drift.Observe(at + truth, at + truth + latency, stamp, TimeSpan.FromSeconds(1));
            Assert.True((drift.Drift!.Value - truth).Duration() <= drift.Uncertainty + TimeSpan.FromTicks(1), $"answer {i}: {drift.Drift} ± {drift.Uncertainty}, true {truth}");
        }

        Assert.True(drift.Uncertainty < TimeSpan.FromMilliseconds(250), $"{drift.Uncertainty}");
    }

    [Fact]
    public void Follows_a_clock_that_is_set()
    {
        var drift = new ClockDrift();
        drift.Observe(Cloud, Cloud, Cloud, TimeSpan.FromSeconds(1));
        drift.Observe(Cloud.AddHours(1), Cloud.AddHours(1), Cloud.AddSeconds(2), TimeSpan.FromSeconds(1));
        Assert.InRange(drift.Drift!.Value.TotalSeconds, 3590, 3600);
        // Set back while an answer was on its way: says nothing.
        drift.Observe(Cloud.AddHours(2), Cloud, Cloud.AddSeconds(3), TimeSpan.FromSeconds(1));
        Assert.InRange(drift.Drift!.Value.TotalSeconds, 3590, 3600);
    }
}
