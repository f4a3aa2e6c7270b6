using Culvert.Analysis;
using Culvert.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.SensorHost.Tests;

public sealed class ReplayFeedTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_replay_that_is_broken_off_again_and_again_gives_the_same_records_as_one_that_is_not(int seed)
    {
        var expected = await RunAsync("calm", breaks: null);

        Assert.True(expected.Count > 1000);
        Assert.Equal(expected, await RunAsync("broken", new Random(seed)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Orders_that_come_while_it_runs_take_effect_at_the_same_place_when_it_runs_again()
    {
        var ordered = await RunAsync("ordered", new Random(3), (feed, random) =>
        {
            feed.SetLearning(random.Next(2) == 0);
            if (random.Next(2) == 0)
            {
                feed.SetPackage("");
            }
        });

        // Another outbox with the same journal: the same records.
        Directory.CreateDirectory(_folder.File("again-zones"));
        foreach (var journal in Directory.GetFiles(_folder.File("ordered-zones")))
        {
            File.Copy(journal, Path.Combine(_folder.File("again-zones"), Path.GetFileName(journal)));
        }

        Assert.Equal(ordered, await RunAsync("again", breaks: null));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_finished_replay_is_not_run_again()
    {
        var expected = await RunAsync("once", breaks: null);

        Assert.Equal(expected, await RunAsync("once", breaks: null));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_read_is_named_and_the_next_capture_goes_on()
    {
        var bad = _folder.Write("bad.pcap", "this is no capture at all");
        using var outbox = await OutboxReader.OpenAsync(_folder.File("bad"));
        var feed = Make(outbox, "bad-zones", bad, _folder.File("missing.pcap"), Repository.PlantCapture);

        await feed.RunAsync(CancellationToken.None);

        Assert.True(feed.Finished);
        Assert.Contains("expected a pcap", feed.Sources[0].Fault, StringComparison.Ordinal);
        Assert.Contains("does not exist", feed.Sources[1].Fault, StringComparison.Ordinal);
        Assert.Null(feed.Sources[2].Fault);
        Assert.True(feed.Devices > 10);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_full_outbox_makes_a_capture_wait_instead_of_dropping()
    {
        using var outbox = await OutboxReader.OpenAsync(_folder.File("full"), OutboxOptions.SmallestMaxBytes * 4);
        var feed = Make(outbox, "full-zones", Repository.PlantCapture);

        var running = feed.RunAsync(CancellationToken.None);
        await Until.TrueAsync(() => running.IsCompleted, "the replay ends when there is room", () =>
        {
            if (outbox.PeekAsync([.. Enum.GetValues<RecordStream>()], 100, 100_000, CancellationToken.None).GetAwaiter().GetResult() is { } batch)
            {
                outbox.AcknowledgeAsync(batch, CancellationToken.None).GetAwaiter().GetResult();
            }
        });
        await running;

        Assert.Empty((await outbox.ReadHealthAsync(CancellationToken.None)).Dropped);
    }

    [Fact(Timeout = 60_000)]
    public async Task Evidence_of_an_alert_is_a_capture_around_it()
    {
        using var outbox = await OutboxReader.OpenAsync(_folder.File("evidence"));
        var feed = Make(outbox, "evidence-zones", Repository.PlantCapture);
        await feed.RunAsync(CancellationToken.None);
        var body = (await OutboxReader.ReadAsync(outbox, RecordStream.Alerts))[0];
        var alert = System.Text.Json.JsonSerializer.Deserialize(body[(body.IndexOf(' ', StringComparison.Ordinal) + 1)..], CulvertJson.Default.AlertRecord)!;
        Assert.StartsWith("cell-1/", alert.SourceDevice, StringComparison.Ordinal);
        using var pcap = new MemoryStream();

        Assert.True(feed.CutEvidence(feed.FindAlert(alert.Id)!, pcap, CancellationToken.None));

        pcap.Position = 0;
        var reader = CaptureReader.Open(pcap);
        var packets = 0;
        while (reader.Read(out var packet))
        {
            packets++;
            Assert.InRange(packet.Ticks, alert.FirstDetection.UtcTicks - TimeSpan.TicksPerMinute, alert.FirstDetection.UtcTicks + TimeSpan.TicksPerMinute);
        }

        Assert.True(packets > 0);
        Assert.Null(reader.Truncation);
    }

    public void Dispose() => _folder.Dispose();

    private ReplayFeed Make(OutboxStore outbox, string zones, params string[] captures) => new(
        "cell-1",
        [.. captures.Select(c => new SensorSource { Capture = c, Zone = "cell-1", Speed = 0 })],
        new AnalyzerOptions { Zone = "cell-1", LearningPeriod = TimeSpan.FromMinutes(4) },
        new FeedContext(outbox, OutboxOptions.SmallestMaxBytes * 4, new ThreatShelf(_folder.File("packages")), _folder.File(zones), TimeProvider.System, NullLogger.Instance));

    /// <summary>Runs to the end, broken off at many places where there is randomness, and gives all records.</summary>
    private async Task<IReadOnlyList<string>> RunAsync(string name, Random? breaks, Action<ReplayFeed, Random>? order = null)
    {
        for (var left = breaks is null ? 0 : 8; ; left--)
        {
            using var outbox = await OutboxReader.OpenAsync(_folder.File(name));
            var feed = Make(outbox, $"{name}-zones", Repository.PlantCapture);
            using var stop = new CancellationTokenSource();
            var target = outbox.Waiting + (left > 0 ? breaks!.Next(1, 200) : long.MaxValue / 2);
            var running = feed.RunAsync(stop.Token);
            await Until.TrueAsync(() => running.IsCompleted || outbox.Waiting >= target, "records come", () => order?.Invoke(feed, breaks!));
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (feed.Finished)
            {
                return await OutboxReader.ReadAllAsync(outbox);
            }
        }
    }
}
