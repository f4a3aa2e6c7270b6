using Microsoft.Extensions.Time.Testing;

namespace Culvert.Uplink.Tests;

public sealed class SettingsKeeperTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-settings-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private readonly ListLogger _log = new();

    private string StateFile => Path.Combine(_folder.FullName, "settings.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = 60_000)]
    public async Task Settings_under_which_no_heartbeat_comes_back_are_taken_back_reported_and_not_tried_again()
    {
        var keeper = Keeper();
        var seen = new List<int>();
        keeper.Changed = s => seen.Add(s.BandwidthCapKbps);
        var rolledBack = 0;
        using var end = new CancellationTokenSource();
        var running = keeper.RunAsync(() => Interlocked.Increment(ref rolledBack), end.Token);
        Assert.True(keeper.Take(3, new DesiredProperties { BandwidthCapKbps = 400 }));
        Assert.Equal(400, keeper.InForce.BandwidthCapKbps);

        await Until.TrueAsync(_clock, TimeSpan.FromSeconds(5), () => Volatile.Read(ref rolledBack) == 1, "rolled back");
        Assert.Equal(1500, keeper.InForce.BandwidthCapKbps);
        Assert.Equal([400, 1500], seen);
        Assert.StartsWith("version 3 was rolled back", keeper.Report.Error, StringComparison.Ordinal);
        Assert.Null(keeper.Report.AppliedVersion);
        Assert.False(keeper.Take(3, new DesiredProperties { BandwidthCapKbps = 400 }));
        Assert.Equal(1500, keeper.InForce.BandwidthCapKbps);
        Assert.True(keeper.Take(4, new DesiredProperties { BandwidthCapKbps = 500 }));
        Assert.Equal(500, keeper.InForce.BandwidthCapKbps);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_heartbeat_of_after_the_change_proves_the_settings_and_one_of_before_does_not()
    {
        var keeper = Keeper();
        var rolledBack = 0;
        using var end = new CancellationTokenSource();
        var before = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(1));
        keeper.Take(1, new DesiredProperties { HeartbeatSeconds = 10 });
        keeper.HeartbeatAcknowledged(before);
        Assert.NotNull(DurableFile.TryReadJson(StateFile, SettingsJson.Default.SettingsState)!.Previous);
        keeper.HeartbeatAcknowledged(_clock.GetUtcNow());
        Assert.Null(DurableFile.TryReadJson(StateFile, SettingsJson.Default.SettingsState)!.Previous);

        var running = keeper.RunAsync(() => Interlocked.Increment(ref rolledBack), end.Token);
        var later = _clock.GetUtcNow().AddHours(1);
        await Until.TrueAsync(_clock, TimeSpan.FromMinutes(1), () => _clock.GetUtcNow() > later, "an hour passed");
        Assert.Equal(10, keeper.InForce.HeartbeatSeconds);
        Assert.Equal(0, rolledBack);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sensor_that_dies_of_a_setting_comes_back_on_probation_and_goes_back()
    {
        Keeper().Take(2, new DesiredProperties { BandwidthCapKbps = 360 });
        var again = Keeper();
        Assert.Equal(360, again.InForce.BandwidthCapKbps);
        var rolledBack = 0;
        using var end = new CancellationTokenSource();
        var running = again.RunAsync(() => Interlocked.Increment(ref rolledBack), end.Token);
        await Until.TrueAsync(_clock, TimeSpan.FromSeconds(5), () => Volatile.Read(ref rolledBack) == 1, "rolled back");
        Assert.Equal(1500, Keeper().InForce.BandwidthCapKbps);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void Two_changes_in_a_row_go_back_to_what_last_worked()
    {
        var keeper = Keeper();
        keeper.Take(1, new DesiredProperties { BandwidthCapKbps = 1000 });
        keeper.HeartbeatAcknowledged(_clock.GetUtcNow());
        keeper.Take(2, new DesiredProperties { BandwidthCapKbps = 900 });
        keeper.Take(3, new DesiredProperties { BandwidthCapKbps = 800 });
        var state = DurableFile.TryReadJson(StateFile, SettingsJson.Default.SettingsState)!;
        Assert.Equal(1000, state.Previous!.BandwidthCapKbps);
        Assert.Equal(1, state.PreviousVersion);
    }

    [Fact]
    public void All_mistakes_are_named_at_once_and_nothing_is_applied()
    {
        var keeper = Keeper();
        Assert.True(keeper.Take(9, new DesiredProperties
        {
            BandwidthCapKbps = 349,
            HeartbeatSeconds = 4,
            Learning = false,
            ThreatIntelligence = new DesiredPackage("../../etc", "//evil.example.com/x"),
        }));
        Assert.True(keeper.InForce.Learning);
        Assert.Contains("bandwidthCapKbps: 349", keeper.Report.Error, StringComparison.Ordinal);
        Assert.Contains("heartbeatSeconds: 4", keeper.Report.Error, StringComparison.Ordinal);
        Assert.Contains("threatIntelligence.version", keeper.Report.Error, StringComparison.Ordinal);
        Assert.Contains("threatIntelligence.manifestPath", keeper.Report.Error, StringComparison.Ordinal);
        Assert.False(keeper.Take(9, new DesiredProperties()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"applied":null}""")]
    [InlineData("""{"version":3,"applied":{"bandwidthCapKbps":1}}""")]
    public void A_damaged_file_means_the_local_settings(string content)
    {
        File.WriteAllText(StateFile, content);
        Assert.Equal(1500, Keeper().InForce.BandwidthCapKbps);
    }

    [Fact]
    public void What_the_cloud_no_longer_wants_is_local_again()
    {
        var keeper = Keeper();
        keeper.Take(1, new DesiredProperties { BandwidthCapKbps = 1000 });
        keeper.Take(2, new DesiredProperties());
        Assert.Equal(1500, keeper.InForce.BandwidthCapKbps);
        Assert.Equal(2, keeper.Report.AppliedVersion);
    }

    private SettingsKeeper Keeper() => new(new SensorSettings(1500, 60, Learning: true), StateFile, _clock, _log);
}
