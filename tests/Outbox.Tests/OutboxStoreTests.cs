namespace Culvert.Outbox.Tests;

public sealed class OutboxStoreTests : OutboxTest
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_are_numbered_from_one_without_gaps_in_each_stream()
    {
        using var store = await OpenAsync();
        await AppendAsync(store, RecordStream.Alerts, 1, 3);
        await AppendAsync(store, RecordStream.Traffic, 1, 2);
        await AppendAsync(store, RecordStream.Alerts, 4, 2);

        var records = await DrainAsync(store);
        Assert.Equal([1, 2, 3, 4, 5], records.Where(r => r.Stream == RecordStream.Alerts).Select(r => r.Sequence));
        Assert.Equal([1, 2], records.Where(r => r.Stream == RecordStream.Traffic).Select(r => r.Sequence));
        Assert.All(records, r => Assert.Equal(Clock.GetUtcNow().ToUnixTimeMilliseconds(), r.Epoch));
    }

    [Fact]
    public async Task What_was_accepted_is_there_after_reopening_and_numbering_goes_on()
    {
        using (var store = await OpenAsync())
        {
            await AppendAsync(store, RecordStream.Health, 1, 3);
            await store.AcknowledgeAsync((await store.PeekAsync(All, 2, 1 << 20, Token))!, Token);
        }

        Clock.Advance(TimeSpan.FromDays(1));
        using var again = await OpenAsync();
        await AppendAsync(again, RecordStream.Health, 4, 1);
        var records = await DrainAsync(again);
        Assert.Equal([3, 4], records.Select(r => r.Sequence));
        Assert.Equal([3L, 4L], records.Select(TestRecords.NumberOf));
        Assert.Single(records.Select(r => r.Epoch).Distinct());
    }

    [Fact]
    public async Task Alerts_come_before_health_before_inventory_before_traffic_before_evidence()
    {
        using var store = await OpenAsync();
        foreach (var stream in All.Reverse())
        {
            await AppendAsync(store, stream, 1, 2);
        }

        Assert.Equal(All.SelectMany(s => new[] { s, s }), (await DrainAsync(store)).Select(r => r.Stream));
    }

    [Fact]
    public async Task A_fresh_alert_overtakes_what_waits_in_lower_streams()
    {
        using var store = await OpenAsync();
        await AppendAsync(store, RecordStream.Traffic, 1, 500);
        Assert.Equal(RecordStream.Traffic, (await store.PeekAsync(All, 10, 1 << 20, Token))!.Stream);
        await AppendAsync(store, RecordStream.Alerts, 1, 1);
        Assert.Equal(RecordStream.Alerts, (await store.PeekAsync(All, 10, 1 << 20, Token))!.Stream);
    }

    [Fact]
    public async Task Peeking_takes_nothing_away_and_keeps_to_its_limits()
    {
        using var store = await OpenAsync();
        await AppendAsync(store, RecordStream.Inventory, 1, 20, padding: 1000);
        var batch = await store.PeekAsync([RecordStream.Inventory], 100, 5100, Token);
        Assert.Equal(5, batch!.Records.Count);
        Assert.Equal(3, (await store.PeekAsync([RecordStream.Inventory], 3, 1 << 20, Token))!.Records.Count);
        Assert.Single((await store.PeekAsync([RecordStream.Inventory], 10, 1, Token))!.Records);
        Assert.Null(await store.PeekAsync([RecordStream.Alerts], 3, 1 << 20, Token));
        Assert.Equal(20, store.Waiting);
    }

    [Fact]
    public async Task A_part_of_a_batch_can_be_acknowledged()
    {
        using var store = await OpenAsync();
        await AppendAsync(store, RecordStream.Alerts, 1, 10);
        var batch = await store.PeekAsync(All, 10, 1 << 20, Token);
        await store.AcknowledgeAsync(batch!.First(4), Token);
        await store.AcknowledgeAsync(batch.First(4), Token);
        Assert.Equal(Enumerable.Range(5, 6).Select(n => (long)n), (await DrainAsync(store)).Select(r => r.Sequence));
    }

    [Fact]
    public async Task When_full_the_lowest_stream_loses_its_oldest_and_the_loss_is_counted_and_kept()
    {
        const int Size = 1000 + 48 + 20;
        using (var store = await OpenAsync(maxBytes: 100 * Size))
        {
            await AppendAsync(store, RecordStream.Alerts, 1, 40, padding: 1000);
            await AppendAsync(store, RecordStream.Traffic, 1, 50, padding: 1000);
            await AppendAsync(store, RecordStream.Inventory, 1, 30, padding: 1000);
            await AppendAsync(store, RecordStream.Alerts, 41, 10, padding: 1000);
        }

        using var again = await OpenAsync(maxBytes: 100 * Size);
        var health = await again.ReadHealthAsync(Token);
        Assert.Equal([RecordStream.Traffic], health.Dropped.Keys);
        Assert.True(health.Bytes <= health.MaxBytes);
        var records = await DrainAsync(again);
        Assert.Equal(50, records.Count(r => r.Stream == RecordStream.Alerts));
        Assert.Equal(30, records.Count(r => r.Stream == RecordStream.Inventory));
        var traffic = records.Where(r => r.Stream == RecordStream.Traffic).Select(r => r.Sequence).ToList();
        Assert.Equal(50, traffic.Count + health.Dropped[RecordStream.Traffic]);
        Assert.Equal(Enumerable.Range(50 - traffic.Count + 1, traffic.Count).Select(n => (long)n), traffic);
    }

    [Fact]
    public async Task A_full_outbox_of_alerts_does_not_take_evidence_for_them()
    {
        using var store = await OpenAsync(maxBytes: OutboxOptions.SmallestMaxBytes);
        await AppendAsync(store, RecordStream.Alerts, 1, 55, padding: 1100);
        var alerts = store.Waiting;
        await AppendAsync(store, RecordStream.Evidence, 1, 3, padding: 4000);
        var health = await store.ReadHealthAsync(Token);
        Assert.Equal(3, health.Dropped[RecordStream.Evidence]);
        Assert.Equal(alerts, health.Waiting[RecordStream.Alerts]);
    }

    [Fact]
    public async Task What_is_dropped_on_its_way_and_arrives_all_the_same_is_not_counted_as_lost()
    {
        using var store = await OpenAsync(maxBytes: OutboxOptions.SmallestMaxBytes);
        await AppendAsync(store, RecordStream.Traffic, 1, 50, padding: 1100);
        var onItsWay = await store.PeekAsync(All, 20, 1 << 20, Token);
        await AppendAsync(store, RecordStream.Traffic, 51, 20, padding: 1100);
        var before = (await store.ReadHealthAsync(Token)).Dropped[RecordStream.Traffic];
        Assert.InRange(before, 1, 20);
        await store.AcknowledgeAsync(onItsWay!, Token);
        Assert.Empty((await store.ReadHealthAsync(Token)).Dropped);
        Assert.Equal(Enumerable.Range(21, 50).Select(n => (long)n), (await DrainAsync(store)).Select(r => r.Sequence));
    }

    [Fact]
    public async Task A_record_too_large_for_any_message_is_dropped_and_counted()
    {
        using var store = await OpenAsync();
        await store.AppendAsync([TestRecords.Numbered(RecordStream.Inventory, 1, OutgoingRecord.MaxBodyBytes), TestRecords.Numbered(RecordStream.Inventory, 2)], null, Token);
        Assert.Equal(1, (await store.ReadHealthAsync(Token)).Dropped[RecordStream.Inventory]);
        Assert.Equal(2, Assert.Single(await DrainAsync(store)).Sequence);
    }

    [Fact]
    public async Task Records_that_the_cloud_refuses_for_good_are_taken_out_and_counted()
    {
        using var store = await OpenAsync();
        await AppendAsync(store, RecordStream.Alerts, 1, 3);
        await store.RejectAsync((await store.PeekAsync(All, 1, 1 << 20, Token))!, Token);
        Assert.Equal(1, (await store.ReadHealthAsync(Token)).Dropped[RecordStream.Alerts]);
        Assert.Equal([2L, 3L], (await DrainAsync(store)).Select(r => r.Sequence));
    }

    [Fact]
    public async Task A_checkpoint_is_kept_with_the_records_it_covers()
    {
        using (var store = await OpenAsync())
        {
            await store.AppendAsync([TestRecords.Numbered(RecordStream.Traffic, 1)], new SourceCheckpoint("plant", 0, 17, false), Token);
            await store.AppendAsync([], new SourceCheckpoint("plant", 1, 3, false), Token);
            await store.AppendAsync([], new SourceCheckpoint("office", 0, 9, true), Token);
        }

        using var again = await OpenAsync();
        var checkpoints = await again.ReadCheckpointsAsync(Token);
        Assert.Equal([new("office", 0, 9, true), new("plant", 1, 3, false)], checkpoints);
        Assert.True(checkpoints[1].Covers(0, 99));
        Assert.True(checkpoints[1].Covers(1, 3));
        Assert.False(checkpoints[1].Covers(1, 4));
        Assert.True(checkpoints[0].Covers(5, 1));
    }

    [Fact]
    public async Task Health_tells_the_oldest_what_waits_and_when_it_will_be_empty()
    {
        using var store = await OpenAsync();
        var start = Clock.GetUtcNow();
        await AppendAsync(store, RecordStream.Traffic, 1, 100);
        Clock.Advance(TimeSpan.FromSeconds(10));
        await AppendAsync(store, RecordStream.Alerts, 1, 1);
        await store.AcknowledgeAsync((await store.PeekAsync([RecordStream.Traffic], 50, 1 << 20, Token))!, Token);
        Clock.Advance(TimeSpan.FromSeconds(10));

        var health = await store.ReadHealthAsync(Token);
        Assert.Equal(start, health.OldestAt);
        Assert.Equal(51, health.Records);
        Assert.Equal(50, health.Waiting[RecordStream.Traffic]);
        await DrainAsync(store);
        Assert.Equal(TimeSpan.Zero, (await store.ReadHealthAsync(Token)).TimeToDrain);
        Assert.Null((await store.ReadHealthAsync(Token)).OldestAt);
    }

    [Fact]
    public async Task The_time_to_drain_follows_the_rate_of_the_last_half_minute()
    {
        using var store = await OpenAsync();
        await AppendAsync(store, RecordStream.Traffic, 1, 100);
        Clock.Advance(TimeSpan.FromSeconds(6));
        await AppendAsync(store, RecordStream.Traffic, 101, 1);
        Assert.Null((await store.ReadHealthAsync(Token)).TimeToDrain);
        for (var i = 0; i < 6; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(6));
            await store.AcknowledgeAsync((await store.PeekAsync(All, 10, 1 << 20, Token))!, Token);
        }

        var left = (await store.ReadHealthAsync(Token)).TimeToDrain;
        Assert.InRange(left!.Value.TotalSeconds, 20, 45);
    }

    [Fact]
    public async Task Waiting_for_records_ends_when_one_is_accepted_and_waiting_for_empty_when_the_last_is_acknowledged()
    {
        using var store = await OpenAsync();
        await store.WaitUntilEmptyAsync(Token);
        var records = store.WaitForRecordsAsync([RecordStream.Alerts], Token);
        await AppendAsync(store, RecordStream.Traffic, 1, 1);
        Assert.False(records.IsCompleted);
        await AppendAsync(store, RecordStream.Alerts, 1, 1);
        await records.WaitAsync(TimeSpan.FromSeconds(10), Token);
        var empty = store.WaitUntilEmptyAsync(Token);
        Assert.False(empty.IsCompleted);
        await DrainAsync(store);
        await empty.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task A_second_opening_is_refused_while_the_first_is_open()
    {
        using (await OpenAsync())
        {
            Assert.Equal(OutboxFailure.InUse, (await Assert.ThrowsAsync<OutboxException>(() => OpenAsync())).Reason);
        }

        (await OpenAsync()).Dispose();
    }

    [Fact]
    public async Task Folder_and_store_can_be_read_by_their_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no Unix file modes.");
            return;
        }

        using var store = await OpenAsync();
        await AppendAsync(store, RecordStream.Alerts, 1, 1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(StoreFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(StoreFile + "-wal"));
    }

    [Fact]
    public async Task Space_is_used_again_and_given_back_after_a_drain()
    {
        using var store = await OpenAsync();
        long largest = 0;
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 40; i++)
            {
                await AppendAsync(store, RecordStream.Traffic, i * 100, 100, padding: 4000);
            }

            var size = Directory.EnumerateFiles(Folder).Sum(f => new FileInfo(f).Length);
            Assert.True(round == 0 || size < largest * 1.1, $"round {round}: {size} bytes, at first {largest}");
            largest = Math.Max(largest, size);
            await DrainAsync(store);
        }

        Assert.InRange(largest, 16_000_000, 28_000_000);
        Assert.InRange(Directory.EnumerateFiles(Folder).Sum(f => new FileInfo(f).Length), 0, 6_000_000);
    }
}
