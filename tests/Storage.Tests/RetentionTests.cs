namespace Culvert.Storage.Tests;

public sealed class RetentionTests : StoreTest
{
    [Fact]
    public async Task What_is_older_than_its_limit_goes_in_bounded_steps_and_the_rest_stays()
    {
        await IngestAsync([.. Enumerable.Range(1, 25).Select(i => TestData.Traffic(i)), TestData.Alert(1, "a"), TestData.Device(1), TestData.Nonsense(2)]);
        await Store.Audit.AppendAsync(new AuditEntry { At = TestData.Now, Actor = "o", Action = "x", Subject = "y" }, Cancelled);
        await Store.Blobs.PutAsync(new BlobWrite { Container = "c", Name = "n", MaxBytes = 10, At = TestData.Now }, new MemoryStream([1]), Cancelled);
        var limits = new RetentionLimits { BatchRows = 10 };
        Assert.Equal(0, await Store.Retention.PruneAsync(limits, TestData.Now.AddDays(89), Cancelled));
        var rounds = 0;
        while (await Store.Retention.PruneAsync(limits, TestData.Now.AddDays(91), Cancelled) is > 0 and var removed)
        {
            Assert.InRange(removed, 1, 80);
            Assert.InRange(++rounds, 1, 20);
        }

        Assert.Equal(0, (await Store.Devices.QueryAsync(new DeviceQuery(), Cancelled)).Total);
        Assert.Equal(0, (await Store.Alerts.QueryAsync(new AlertQuery(), Cancelled)).Total);
        Assert.Equal(0, (await Store.Ingest.ListDeadLettersAsync(null, PageRequest.First, Cancelled)).Total);
        Assert.Empty(await Store.Traffic.ListProtocolsAsync(new TrafficQuery(), Cancelled));
        Assert.Null(await Store.Blobs.FindAsync("c", "n", Cancelled));
        Assert.Equal(1, (await Store.Audit.QueryAsync(null, PageRequest.First, Cancelled)).Total);
        // Ids are never forgotten: a copy that comes after its record was pruned is still a copy.
        Assert.Equal(new IngestOutcome(0, 1, 0), await IngestAsync(TestData.Traffic(7)));
    }

    [Fact]
    public async Task A_device_that_is_heard_of_again_stays()
    {
        await IngestAsync(TestData.Device(1, "old"), TestData.Device(2, "seen again"));
        await Store.Ingest.StoreAsync([TestData.Device(3, "seen again")], TestData.Now.AddDays(80), Cancelled);
        await Store.Retention.PruneAsync(new RetentionLimits(), TestData.Now.AddDays(100), Cancelled);
        Assert.Equal("seen again", Assert.Single((await Store.Devices.QueryAsync(new DeviceQuery(), Cancelled)).Items).Record.Key);
    }

    [Fact]
    public async Task A_deleted_sensor_takes_its_records_with_it()
    {
        await IngestAsync(TestData.Device(1), TestData.Alert(1, "a"), TestData.Health(1), TestData.Traffic(1));
        await Store.Sensors.DeleteAsync(TestData.Sensor, TestData.Now, Cancelled);
        Assert.Equal(0, (await Store.Devices.QueryAsync(new DeviceQuery(), Cancelled)).Total);
        while (await Store.Retention.PruneAsync(new RetentionLimits(), TestData.Now, Cancelled) > 0)
        {
        }

        Assert.Empty(await Store.Traffic.ListProtocolsAsync(new TrafficQuery(), Cancelled));
        Assert.Equal(0, (await Store.Alerts.QueryAsync(new AlertQuery(), Cancelled)).Total);
    }

    [Fact]
    public async Task Telemetry_keeps_a_window_of_each_kind()
    {
        TelemetryItem[] Items(string kind, int count) => [.. Enumerable.Range(0, count).Select(i => new TelemetryItem { Kind = kind, Name = $"{kind} {i}", At = TestData.Now, Value = i })];
        await Store.Telemetry.AppendAsync(TestData.Sensor, Items("metric", ITelemetryStore.MaxPerKind + 30), Cancelled);
        await Store.Telemetry.AppendAsync(TestData.Sensor, Items("log", 3), Cancelled);
        var metrics = await Store.Telemetry.ListAsync(TestData.Sensor, "metric", new PageRequest(0, 1), Cancelled);
        Assert.Equal((ITelemetryStore.MaxPerKind, $"metric {ITelemetryStore.MaxPerKind + 29}"), ((int)metrics.Total, Assert.Single(metrics.Items).Name));
        Assert.Equal(3, (await Store.Telemetry.ListAsync(TestData.Sensor, "log", PageRequest.First, Cancelled)).Total);
    }
}
