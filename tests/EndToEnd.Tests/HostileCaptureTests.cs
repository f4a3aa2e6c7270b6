using System.Text.Json;
using Culvert.EndToEnd.Tests.Captures;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests;

/// <summary>Captures that nobody made in good faith neither crash the sensor nor grow it.</summary>
[Collection(OnePortal.Name)]
public sealed class HostileCaptureTests(PortalFixture fixture)
{
    // An idle sensor takes about 90 MB; the tables of one zone are bounded at some tens of MB more.
    private const long MostBytes = 600L * 1024 * 1024;

    [Fact(Timeout = 300_000)]
    public async Task They_are_named_and_the_good_ones_go_on()
    {
        var portal = await fixture.GetAsync();
        var good = fixture.Folder.Path("good.pcap");
        BusyPlant.Write(good, 20, 20);
        var hostile = HostileCaptures.Write(fixture.Folder.Root, good);
        await using var sensor = new Sensor(fixture.Folder, "hostile");
        var sources = string.Concat(hostile.Select(h => SensorFiles.Capture(h.File, h.Name)))
            + SensorFiles.Capture(fixture.Folder.Path("not-there.pcap"), "missing") + SensorFiles.Capture(good, "good");
        var settings = sensor.Configure(SensorFiles.Settings(SensorFiles.Route("hostile", 1, HopReach.Nested), sources));
        await sensor.ActivateAsync(portal, settings);

        await sensor.StartAsync(settings, "--exit-when-delivered");
        var peak = 0L;
        while (!sensor.Run.HasExited)
        {
            peak = Math.Max(peak, PeakOf(sensor.Run.ProcessId));
            await Task.Delay(Limits.Poll, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, await sensor.Run.WaitForExitAsync(Limits.Delivery));
        Assert.InRange(peak, 1, MostBytes);
        Assert.Equal(20, PortalRows.Read(portal, "hostile").Count(r => r.StartsWith("device\u001fgood\u001f", StringComparison.Ordinal)));
        Assert.Empty(PortalRows.DeadLetters(portal, "hostile"));
        using var health = JsonDocument.Parse(PortalRows.Health(portal, "hostile")[^1]);
        var messages = health.RootElement.GetProperty("messages").EnumerateArray().Select(m => $"{m.GetProperty("title")}: {m.GetProperty("detail")}").ToList();
        Assert.All(
            (string[])["truncated", "empty", "half-header", "absurd-length", "random-all", "random-blocks", "huge-block", "not-there"],
            name => Assert.Contains(messages, m => m.StartsWith($"Capture cannot be read: {name}.pcap", StringComparison.Ordinal)));
        Assert.DoesNotContain(messages, m => m.Contains("good.pcap", StringComparison.Ordinal) || m.StartsWith("Sanity", StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine($"largest resident size {peak / 1_000_000} MB");
    }

    private static long PeakOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
