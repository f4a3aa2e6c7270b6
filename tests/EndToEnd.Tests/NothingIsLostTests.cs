using System.Globalization;
using Culvert.EndToEnd.Tests.Captures;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests;

/// <summary>kill -9 of any process at any instant, and routes that are cut: nothing is lost, nothing is there twice.</summary>
public sealed class NothingIsLostTests
{
    private const int Seed = 7;
    private const int Rounds = 24;
    private const int Stations = 2500;
    private const int Reports = 42;

    [Fact(Timeout = 600_000)]
    public async Task What_the_portal_has_after_many_kills_and_a_cut_route_is_what_an_undisturbed_run_gives()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var random = new Random(Seed);
        using var folder = new TestFolder();
        var capture = folder.Path("busy.pcap");
        BusyPlant.Write(capture, Stations, Reports);
        await using var portal = await Portal.StartAsync(folder);
        var cloud = $"{Portal.Host}:{portal.Port}";
        await using var dmz = await CulvertProxy.StartAsync(folder, "dmz-proxy", [cloud]);
        await using var plant = await CulvertProxy.StartAsync(folder, "plant-proxy", [$"127.0.0.1:{dmz.Port}"]);
        await using var backup = await CulvertProxy.StartAsync(folder, "backup-proxy", [cloud]);
        var routes = SensorFiles.Route("main", 1, HopReach.Nested, plant, dmz) + SensorFiles.Route("backup", 2, HopReach.Nested, backup);

        await using var calm = new Sensor(folder, "calm");
        var calmSettings = calm.Configure(SensorFiles.Settings(routes, SensorFiles.Capture(capture, "hall")));
        await calm.ActivateAsync(portal, calmSettings);
        await calm.DeliverAsync(calmSettings);
        var expected = PortalRows.Read(portal, "calm");
        var stored = PortalRows.Stored(portal, "calm");
        Assert.True(stored.Values.Sum() >= 100_000, $"{stored.Values.Sum()} records");

        await using var struck = new Sensor(folder, "struck");
        // Slow enough to be still reading after the last kill; the rest is then read as fast as possible.
        var slowly = struck.Configure(SensorFiles.Settings(routes, SensorFiles.Capture(capture, "hall", 3)));
        await struck.ActivateAsync(portal, slowly);
        await struck.StartAsync(slowly);
        for (var round = 0; round < Rounds; round++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 1500)), TimeProvider.System, cancellation);
            switch (round % 4)
            {
                case 0:
                    await struck.KillAsync();
                    await struck.StartAsync(slowly);
                    break;
                case 1 when round % 8 == 1:
                    await portal.KillAsync();
                    await portal.StartAsync();
                    break;
                case 1 or 2:
                    await dmz.KillAsync();
                    await dmz.StartAsync();
                    break;
                default:
                    await plant.KillAsync();
                    await plant.StartAsync();
                    break;
            }
        }

        Assert.DoesNotContain(struck.Run.Lines, l => l.EndsWith(" finished", StringComparison.Ordinal));
        // The first route is cut for good: the second takes over, and what was delivered grows over it.
        await plant.KillAsync();
        await struck.KillAsync();
        var quickly = struck.Configure(SensorFiles.Settings(routes, SensorFiles.Capture(capture, "hall")));
        await struck.DeliverAsync(quickly);
        Assert.Contains(struck.Run.Lines, l => l.Contains(" route backup", StringComparison.Ordinal));

        RowDifference.AssertSame(expected, PortalRows.Read(portal, "struck"), string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, {Rounds} kills"));
        Assert.Equal(stored, PortalRows.Stored(portal, "struck"));
        Assert.Empty(PortalRows.DeadLetters(portal, "struck"));
        Assert.All(PortalRows.Received(portal, "struck").GroupBy(r => r.Split(' ')[0]), stream => Assert.StartsWith($"{stream.Key} 1 ", Assert.Single(stream), StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, {Rounds + 2} kills, {stored.Values.Sum()} records, {expected.Count} rows"));
    }
}
