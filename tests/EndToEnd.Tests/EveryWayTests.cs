using Culvert.EndToEnd.Tests.Captures;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests;

/// <summary>Whatever way the records take, the portal has the same rows.</summary>
public sealed class EveryWayTests
{
    [Fact(Timeout = 600_000)]
    public async Task Every_capture_gives_the_same_rows_by_every_way()
    {
        var captures = CaptureFolder.Require();
        SquidProxy.Require();
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TestFolder();
        await using var portal = await Portal.StartAsync(folder);
        var cloud = $"{Portal.Host}:{portal.Port}";
        await using var dmz = await CulvertProxy.StartAsync(folder, "dmz-proxy", [cloud]);
        await using var squidDmz = await SquidProxy.StartAsync(folder, "squiddmz", null, cancellation);
        await using var plant = await CulvertProxy.StartAsync(folder, "plant-proxy", [$"127.0.0.1:{dmz.Port}", $"127.0.0.1:{squidDmz.Port}"]);
        await using var squidPlant = await SquidProxy.StartAsync(folder, "squidplant", null, cancellation);
        await using var plantForwards = await CulvertProxy.StartAsync(folder, "plant-forwards", [cloud], dmz.Port);
        await using var plantForwardsToSquid = await CulvertProxy.StartAsync(folder, "plant-to-squid", [cloud], squidDmz.Port);
        await using var squidForwards = await SquidProxy.StartAsync(folder, "squidforwards", dmz.Port, cancellation);
        (string Way, HopReach Chaining, IProxy[] Hops)[] ways =
        [
            ("direct", HopReach.Nested, []),
            ("one-proxy", HopReach.Nested, [dmz]),
            ("nested", HopReach.Nested, [plant, dmz]),
            ("forwarded", HopReach.Forwarded, [plantForwards, dmz]),
            ("nested-squid-first", HopReach.Nested, [squidPlant, dmz]),
            ("nested-squid-last", HopReach.Nested, [plant, squidDmz]),
            ("forwarded-squid-first", HopReach.Forwarded, [squidForwards, dmz]),
            ("forwarded-squid-last", HopReach.Forwarded, [plantForwardsToSquid, squidDmz]),
        ];

        // Each capture is a zone of its own: one run of the sensor brings them all.
        var sources = string.Concat(captures.Select(c => SensorFiles.Capture(c, Path.GetFileNameWithoutExtension(c))));
        foreach (var pair in ways.Chunk(2))
        {
            await Task.WhenAll(pair.Select(w => BringAsync(folder, portal, w.Way, SensorFiles.Route(w.Way, 1, w.Chaining, w.Hops), sources)));
        }

        var expected = PortalRows.Read(portal, "direct");
        Assert.True(expected.Count > 1000, $"only {expected.Count} rows");
        Assert.All(captures, c => Assert.Contains(expected, r => r.StartsWith($"device\u001f{Path.GetFileNameWithoutExtension(c)}\u001f", StringComparison.Ordinal)));
        foreach (var (way, _, _) in ways)
        {
            Assert.Empty(PortalRows.DeadLetters(portal, way));
            Assert.All(PortalRows.Received(portal, way).GroupBy(r => r.Split(' ')[0]), stream => Assert.StartsWith($"{stream.Key} 1 ", Assert.Single(stream), StringComparison.Ordinal));
            RowDifference.AssertSame(expected, PortalRows.Read(portal, way), way);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{captures.Count} captures, {ways.Length} ways, {expected.Count} rows each");
    }

    // Two at a time: also a test that commands may run beside each other on one portal folder.
    private static async Task BringAsync(TestFolder folder, Portal portal, string way, string route, string sources)
    {
        await using var sensor = new Sensor(folder, way);
        var settings = sensor.Configure(SensorFiles.Settings(route, sources));
        await sensor.ActivateAsync(portal, settings);
        await sensor.DeliverAsync(settings);
        // The way was really taken.
        Assert.Contains(sensor.Run.Lines, l => l.Contains($" route {way}", StringComparison.Ordinal));
    }
}
