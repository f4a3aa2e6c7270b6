using Culvert.Analysis;

namespace Culvert.SensorHost;

/// <summary>All feeds of the sensor: one a zone.</summary>
internal sealed class ZoneFeeds
{
    private readonly IReadOnlyList<IZoneFeed> _feeds;

    /// <summary>Makes a feed for each zone of the settings.</summary>
    public ZoneFeeds(SensorFileSettings settings, bool learning, FeedContext context)
    {
        _feeds =
        [
            .. settings.Sources.GroupBy(s => s.Zone).Select(zone =>
            {
                var options = new AnalyzerOptions { Zone = zone.Key, Learning = learning, LearningPeriod = settings.LearningPeriod, ThreatIntelligence = context.Threats.Current };
                return zone.First().Interface is null
                    ? (IZoneFeed)new ReplayFeed(zone.Key, [.. zone], options, context)
                    : new LiveFeed(zone.Key, [.. zone], options, context);
            }),
        ];
    }

    /// <summary>The feeds.</summary>
    public IReadOnlyList<IZoneFeed> All => _feeds;

    /// <summary>Whether all there is to read is read and committed.</summary>
    public bool Finished => _feeds.All(f => f.Finished);

    /// <summary>Runs until all captures are read, or cancelled. Captures that are replayed as fast as possible take turns: they would only share the same disk, and their analyses the memory.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fast = _feeds.Where(IsFast).ToList();
        List<Task> running = [RunInTurnAsync(fast, all.Token), .. _feeds.Except(fast).Select(f => Task.Run(() => f.RunAsync(all.Token), all.Token))];
        while (running.Count > 0)
        {
            var done = await Task.WhenAny(running);
            running.Remove(done);
            if (!done.IsCompletedSuccessfully)
            {
                await all.CancelAsync();
                await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await done;
        }
    }

    /// <summary>The feed that raised an alert; null when none knows it.</summary>
    public IZoneFeed? WithAlert(string id) => _feeds.FirstOrDefault(f => f.FindAlert(id) is not null);

    private static bool IsFast(IZoneFeed feed) => feed.Sources.All(s => s.Source is { Capture: not null, Speed: 0 });

    private static async Task RunInTurnAsync(List<IZoneFeed> feeds, CancellationToken cancellationToken)
    {
        foreach (var feed in feeds)
        {
            await Task.Run(() => feed.RunAsync(cancellationToken), cancellationToken);
        }
    }
}
