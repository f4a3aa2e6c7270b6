namespace Culvert.Uplink.Tests;

public sealed class BackoffTests
{
    [Fact]
    public void Doubles_up_to_a_minute_and_stays_between_half_and_all_of_it()
    {
        var backoff = new Backoff(new Random(7));
        for (var failure = 0; failure < 100; failure++)
        {
            var full = Math.Min(0.5 * Math.Pow(2, failure), 60);
            Assert.InRange(backoff.Next().TotalSeconds, full / 2, full);
        }

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.25, 0.5);
    }

    [Fact]
    public void Keeps_to_what_the_cloud_asks_for_and_spreads_it()
    {
        var backoff = new Backoff(new Random(7));
        var waits = Enumerable.Range(0, 50).Select(_ => backoff.Next(TimeSpan.FromMinutes(10)).TotalMinutes).ToList();
        Assert.All(waits, w => Assert.InRange(w, 10, 12.5));
        Assert.True(waits.Distinct().Count() > 40, "Sensors that were all sent away must not come back at the same instant.");
    }
}
