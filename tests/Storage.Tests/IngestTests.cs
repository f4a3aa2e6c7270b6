using CsCheck;

namespace Culvert.Storage.Tests;

public sealed class IngestTests : StoreTest
{
    [Fact]
    public async Task A_copy_is_dropped_in_the_same_batch_and_in_a_later_one()
    {
        Assert.Equal(new IngestOutcome(2, 1, 0), await IngestAsync(TestData.Traffic(1), TestData.Traffic(2), TestData.Traffic(1)));
        Assert.Equal(new IngestOutcome(1, 2, 0), await IngestAsync(TestData.Traffic(1), TestData.Traffic(2), TestData.Traffic(3)));
        var statistics = await StatisticsAsync(RecordStream.Traffic);
        Assert.Equal((3, 3, 0), (statistics.Stored, statistics.Duplicates, statistics.Missing));
        Assert.Equal(3, (await Store.Traffic.ListProtocolsAsync(new TrafficQuery(), Cancelled)).Sum(p => p.Frames));
    }

    [Fact]
    public async Task Streams_epochs_and_sensors_number_for_themselves()
    {
        await AddSensorAsync("other");
        var outcome = await IngestAsync(
            TestData.Device(1), TestData.Device(1, epoch: 2), TestData.Device(1, sensor: "other"), TestData.Alert(1, "a"), TestData.Traffic(1), TestData.Health(1));
        Assert.Equal(new IngestOutcome(6, 0, 0), outcome);
        Assert.Equal(2, (await Store.Devices.QueryAsync(new DeviceQuery(), Cancelled)).Total);
    }

    [Fact]
    public async Task What_was_never_sent_is_counted_as_missing_until_it_comes()
    {
        await IngestAsync(TestData.Traffic(1), TestData.Traffic(5), TestData.Traffic(2_000_000));
        Assert.Equal(1_999_997, (await StatisticsAsync(RecordStream.Traffic)).Missing);
        await IngestAsync(TestData.Traffic(3), TestData.Traffic(4), TestData.Traffic(2));
        Assert.Equal(1_999_994, (await StatisticsAsync(RecordStream.Traffic)).Missing);
    }

    [Fact]
    public async Task Any_order_and_any_batches_with_any_repeats_give_the_same_rows()
    {
        // One seed a run, printed where it fails; each round a stream of its own epoch.
        var random = new Random(20260301);
        for (var epoch = 1; epoch <= 12; epoch++)
        {
            var sequences = Enumerable.Range(0, 400).Select(_ => (long)random.Next(1, 150) * (random.Next(20) == 0 ? 5000 : 1)).ToArray();
            var records = sequences.Select(s => TestData.Traffic(s) with { Id = TestData.Id(RecordStream.Traffic, s, epoch) }).ToArray();
            var outcome = default(IngestOutcome);
            for (var i = 0; i < records.Length;)
            {
                var count = Math.Min(random.Next(1, 60), records.Length - i);
                var part = await IngestAsync(records[i..(i + count)]);
                outcome = new IngestOutcome(outcome.Stored + part.Stored, outcome.Duplicates + part.Duplicates, 0);
                i += count;
            }

            var distinct = sequences.Distinct().Count();
            Assert.Equal(new IngestOutcome(distinct, sequences.Length - distinct, 0), outcome);
        }
    }

    [Fact]
    public async Task A_batch_that_fails_leaves_nothing_and_its_good_records_are_taken_when_they_come_again()
    {
        var bad = TestData.Device(3, change: d => d with { Zone = null! });
        await Assert.ThrowsAnyAsync<Exception>(() => IngestAsync(TestData.Device(1, "a"), TestData.Device(2, "b"), bad));
        Assert.Equal(0, (await Store.Devices.QueryAsync(new DeviceQuery(), Cancelled)).Total);
        Assert.Equal(0, (await StatisticsAsync(RecordStream.Inventory)).Stored);
        Assert.Equal(new IngestOutcome(2, 0, 0), await IngestAsync(TestData.Device(1, "a"), TestData.Device(2, "b")));
    }

    [Fact]
    public async Task What_cannot_be_understood_is_kept_once_with_its_reason_and_its_id_is_used_up()
    {
        Assert.Equal(new IngestOutcome(0, 0, 2), await IngestAsync(TestData.Nonsense(1), TestData.Nonsense(null)));
        Assert.Equal(new IngestOutcome(0, 3, 0), await IngestAsync(TestData.Nonsense(1), TestData.Nonsense(null), TestData.Alert(1, "a")));
        var letters = await Store.Ingest.ListDeadLettersAsync(TestData.Sensor, PageRequest.First, Cancelled);
        Assert.Equal(2, letters.Total);
        Assert.All(letters.Items, l => Assert.Equal(("not JSON", "{", 1), (l.Reason, l.Raw, l.Length)));
    }

    [Fact]
    public async Task A_huge_dead_letter_is_cut_but_its_length_is_told()
    {
        await IngestAsync(TestData.Nonsense(1, new string('x', 300_000)));
        var letter = Assert.Single((await Store.Ingest.ListDeadLettersAsync(null, PageRequest.First, Cancelled)).Items);
        Assert.Equal((65_536, 300_000), (letter.Raw.Length, letter.Length));
    }

    [Fact]
    public async Task An_older_record_that_comes_late_widens_but_does_not_overwrite()
    {
        await IngestAsync(TestData.Device(5, change: d => d with { Name = "new", FirstSeen = TestData.Now, LastSeen = TestData.Now.AddHours(1) }));
        await IngestAsync(TestData.Device(4, change: d => d with { Name = "old", FirstSeen = TestData.Now.AddDays(-1), LastSeen = TestData.Now }));
        var device = Assert.Single((await Store.Devices.QueryAsync(new DeviceQuery(), Cancelled)).Items).Record;
        Assert.Equal(("new", TestData.Now.AddDays(-1), TestData.Now.AddHours(1)), (device.Name, device.FirstSeen, device.LastSeen));
        await IngestAsync(TestData.Device(1, epoch: 2, change: d => d with { Name = "newer epoch" }));
        Assert.Equal("newer epoch", Assert.Single((await Store.Devices.QueryAsync(new DeviceQuery(), Cancelled)).Items).Record.Name);
    }

    [Fact]
    public async Task An_alert_that_comes_again_keeps_its_status()
    {
        await IngestAsync(TestData.Alert(1, "a"));
        Assert.Equal(StoreOutcome.Done, await Store.Alerts.SetStatusAsync(TestData.Sensor, "a", AlertStatus.Active, "olivia", TestData.Now, Cancelled));
        await IngestAsync(TestData.Alert(2, "a", a => a with { Occurrences = 9, LastDetection = TestData.Now.AddHours(1) }));
        var alert = await Store.Alerts.FindAsync(TestData.Sensor, "a", Cancelled);
        Assert.Equal((AlertStatus.Active, "olivia", 9), (alert!.Status, alert.StatusBy, alert.Record.Occurrences));
        Assert.Equal(TestData.Now.AddHours(1), alert.Record.LastDetection);
    }

    [Fact]
    public async Task Times_are_kept_to_the_tick() => await Gen.Long[0, DateTime.MaxValue.Ticks].SampleAsync(
        async ticks =>
        {
            var at = new DateTimeOffset(ticks, TimeSpan.Zero);
            await IngestAsync(TestData.Device(Interlocked.Increment(ref _sequence), $"t{ticks}", d => d with { FirstSeen = at, LastSeen = at }));
            Assert.Equal(at, (await Store.Devices.FindAsync(TestData.Sensor, $"t{ticks}", Cancelled))!.Record.FirstSeen);
        },
        iter: 50, threads: 1);

    private long _sequence;
}
