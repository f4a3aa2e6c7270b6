using Culvert.EndToEnd.Tests.Captures;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests;

/// <summary>What a sensor does while it cannot reach its cloud, and what the cloud learns of it afterwards.</summary>
[Collection(OnePortal.Name)]
public sealed class LostCloudTests(PortalFixture fixture)
{
    [Fact(Timeout = 300_000)]
    public async Task It_checks_its_ways_by_itself_and_the_portal_gets_the_report_when_the_way_is_back()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var portal = await fixture.GetAsync();
        var capture = fixture.Folder.Path("lost.pcap");
        BusyPlant.Write(capture, 5, 5);
        await using var proxy = await CulvertProxy.StartAsync(fixture.Folder, "lost-proxy", [$"{Portal.Host}:{portal.Port}"]);
        await using var sensor = new Sensor(fixture.Folder, "lost");
        var settings = sensor.Configure(SensorFiles.Settings(
            SensorFiles.Route("lost", 1, HopReach.Nested, proxy), SensorFiles.Capture(capture, "hall"), "checkWhenLostSeconds: 5\n"));
        await sensor.ActivateAsync(portal, settings);
        await sensor.StartAsync(settings);
        await Limits.UntilAsync(() => Task.FromResult(PortalRows.Health(portal, "lost").Count > 0), $"it is connected\n{sensor.Run.Transcript()}", cancellation);

        await proxy.KillAsync();

        var untold = Path.Combine(sensor.Data, "failed-check.untold.json");
        await Limits.UntilAsync(() => Task.FromResult(File.Exists(untold)), "the checks ran and their report is kept", cancellation, Limits.Delivery);
        Assert.Contains("lost-proxy", await File.ReadAllTextAsync(untold, cancellation), StringComparison.Ordinal);

        await proxy.StartAsync();

        // The fault is in a record of the time without cloud, or in the first one after it; either way the portal has it before the sensor lets go of it.
        await Limits.UntilAsync(() => Task.FromResult(!File.Exists(untold)), $"the portal acknowledges the report\n{sensor.Run.Transcript()}", cancellation, Limits.Delivery);
        Assert.True(File.Exists(Path.Combine(sensor.Data, "failed-check.json")));
        Assert.Contains(PortalRows.Health(portal, "lost"), h => h.Contains("NoWay", StringComparison.Ordinal) && h.Contains("lost-proxy", StringComparison.Ordinal));
        // The whole report is there, hop by hop.
        Assert.Contains(PortalRows.Checks(portal, "lost"), c => c.Contains("\"remedy\"", StringComparison.Ordinal) && c.Contains("lost-proxy", StringComparison.Ordinal));
    }
}
