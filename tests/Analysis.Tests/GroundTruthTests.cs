using System.Globalization;

namespace Culvert.Analysis.Tests;

/// <summary>All captures against what is truly in them. What differs is counted and compared with the committed table, so that a change for better or worse shows.</summary>
public sealed class GroundTruthTests
{
    [Fact]
    public void Devices_and_protocols_differ_from_the_truth_only_as_the_table_says()
    {
        var lines = Captures.All().SelectMany(capture => GroundTruth.Compare(capture, Captures.Analyze(capture)).Select(d => (Path.GetFileNameWithoutExtension(capture), d.Key, d.Value)));
        CommittedTable.Check("differences.txt", lines.Select(l => (string.Create(CultureInfo.InvariantCulture, $"{l.Item1}: {l.Key}: {l.Value.Count}"), string.Join(" | ", l.Value.Take(5)))));
    }

    [Fact]
    public void Alerts_are_those_of_the_table()
    {
        var lines = Captures.All().SelectMany(capture => Captures.Analyze(capture, new AnalyzerOptions { Zone = "z", Learning = false }).Alerts.Values
            .GroupBy(a => (a.Engine, a.Type)).OrderBy(g => g.Key.Engine).ThenBy(g => g.Key.Type, StringComparer.Ordinal)
            .Select(g => (string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(capture)}: {g.Key.Engine}: {g.Key.Type}: {g.Count()}"), g.First().Message)));
        CommittedTable.Check("alerts.txt", lines);
    }

    [Fact]
    public void The_same_capture_gives_the_same_records_in_the_same_order()
    {
        foreach (var capture in Captures.All())
        {
            var (one, two) = (Captures.Analyze(capture), Captures.Analyze(capture));
            Assert.Equal(one.DeviceRecords.Select(Text), two.DeviceRecords.Select(Text));
            Assert.Equal(one.AlertRecords.Select(Text), two.AlertRecords.Select(Text));
            Assert.Equal(one.Traffic.Select(Text), two.Traffic.Select(Text));
        }
    }

    [Fact]
    public void While_learning_nothing_is_a_new_asset_and_afterwards_what_was_learned_is_permitted()
    {
        foreach (var capture in Captures.All().Take(12))
        {
            var learned = Captures.Analyze(capture);
            Assert.DoesNotContain(learned.AlertRecords, a => a.Type == AlertCatalogue.NewAsset.Id);
            Assert.All(learned.Devices.Values, d => Assert.True(d.Authorized, d.Key));

            // The same traffic again: seen before, so no policy is violated.
            var again = new CollectingSink();
            var analyzer = new TrafficAnalyzer(new AnalyzerOptions { Zone = "z", Learning = true }, new CollectingSink());
            Captures.Feed(capture, analyzer);
            analyzer.Flush();
            analyzer = new TrafficAnalyzer(new AnalyzerOptions { Zone = "z", Learning = false }, again);
            analyzer.Seed(learned.Devices.Values);
            Captures.Feed(capture, analyzer);
            analyzer.Flush();
            Assert.DoesNotContain(again.AlertRecords, a => a.Type == AlertCatalogue.NewAsset.Id);
        }
    }

    private static string Text(DeviceRecord record) => System.Text.Json.JsonSerializer.Serialize(record, CulvertJson.Default.DeviceRecord);

    private static string Text(AlertRecord record) => System.Text.Json.JsonSerializer.Serialize(record, CulvertJson.Default.AlertRecord);

    private static string Text(TrafficRecord record) => System.Text.Json.JsonSerializer.Serialize(record, CulvertJson.Default.TrafficRecord);
}
