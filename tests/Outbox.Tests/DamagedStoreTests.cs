using System.Text;

namespace Culvert.Outbox.Tests;

public sealed class DamagedStoreTests : OutboxTest
{
    private const int Page = 4096;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_damaged_page_in_the_middle_costs_its_own_records_and_no_other()
    {
        var epoch = await FillAsync();
        // A leaf of the records in the middle of the file; the whole page is overwritten.
        Overwrite(new FileInfo(StoreFile).Length / Page / 2 * Page, Enumerable.Repeat((byte)0x5a, Page).ToArray());
        Clock.Advance(TimeSpan.FromHours(1));

        using var store = await OpenAsync();
        var repair = store.LastRepair!;
        Assert.True(repair.Lost is > 0 and < 60, $"lost {repair.Lost}");
        Assert.Equal(1000, repair.Kept + repair.Lost);
        Assert.True(File.Exists(Path.Combine(Folder, repair.SetAside)));
        Assert.Equal(repair.Lost, (await store.ReadHealthAsync(Token)).Dropped.Values.Sum());
        Assert.Equal(700, Assert.Single(await store.ReadCheckpointsAsync(Token)).Position);

        await AppendAsync(store, RecordStream.Traffic, 5000, 1);
        var records = await DrainAsync(store);
        Assert.Equal(repair.Kept + 1, records.Count);
        Assert.All(records.SkipLast(1), r => Assert.Equal(epoch, r.Epoch));
        Assert.All(records.SkipLast(1), r => Assert.Equal(r.Sequence, TestRecords.NumberOf(r)));
        Assert.True(records[^1].Epoch > epoch);
        Assert.Equal(1, records[^1].Sequence);
    }

    [Fact]
    public async Task A_lost_first_page_costs_no_record()
    {
        await FillAsync();
        Overwrite(0, new byte[Page]);
        using var store = await OpenAsync();
        Assert.Equal((1000, 0), (store.LastRepair!.Kept, store.LastRepair.Lost));
        Assert.Equal(1000, (await DrainAsync(store)).Count);
    }

    [Fact]
    public async Task A_file_cut_short_keeps_what_lies_before_the_cut()
    {
        await FillAsync();
        using (var file = new FileStream(StoreFile, FileMode.Open))
        {
            file.SetLength(file.Length * 2 / 3 / Page * Page);
        }

        using var store = await OpenAsync();
        Assert.InRange(store.LastRepair!.Kept, 300, 999);
        Assert.Equal(1000, store.LastRepair.Kept + store.LastRepair.Lost);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a store at all, only a few words")]
    public async Task A_file_that_is_no_store_is_set_aside_and_a_new_one_begins(string content)
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(StoreFile, content, Token);
        using var store = await OpenAsync();
        Assert.Equal(0, store.LastRepair!.Kept);
        Assert.Null(store.LastRepair.Lost);
        Assert.True(File.Exists(Path.Combine(Folder, store.LastRepair.SetAside)));
        await AppendAsync(store, RecordStream.Alerts, 1, 1);
        Assert.Single(await DrainAsync(store));
    }

    [Fact]
    public async Task A_body_that_changed_on_the_disk_is_never_sent()
    {
        await FillAsync();
        var bytes = await File.ReadAllBytesAsync(StoreFile, Token);
        var at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes("{\"n\":500,"));
        Assert.True(at > 0);
        Overwrite(at + 30, [bytes[at + 30] == (byte)'x' ? (byte)'y' : (byte)'x']);

        using var store = await OpenAsync();
        var numbers = (await DrainAsync(store)).Select(TestRecords.NumberOf).ToList();
        Assert.Equal(999, numbers.Count);
        Assert.DoesNotContain(500, numbers);
        Assert.Equal(1, (await store.ReadHealthAsync(Token)).Dropped.Values.Sum());
    }

    [Fact]
    public async Task A_store_that_is_gone_begins_with_a_larger_epoch_though_the_clock_went_back_a_year()
    {
        var epoch = await FillAsync();
        File.Delete(StoreFile);
        Clock.AdjustTime(Clock.GetUtcNow().AddYears(-1));
        using var store = await OpenAsync();
        Assert.True(store.Epoch > epoch);
    }

    [Fact]
    public async Task A_replacement_that_was_interrupted_is_ended_at_the_next_start()
    {
        await FillAsync();
        // The moment between setting the old one aside and taking the new one: no store, a whole new one, and a log that is not its own.
        File.Move(StoreFile, StoreFile + ".new");
        await File.WriteAllBytesAsync(StoreFile + "-wal", new byte[5000], Token);
        using var store = await OpenAsync();
        Assert.Null(store.LastRepair);
        Assert.Equal(1000, store.Waiting);
    }

    [Fact]
    public async Task Random_damage_never_keeps_the_outbox_from_opening_and_never_changes_a_record()
    {
        var random = new Random(20261124);
        for (var round = 0; round < 25; round++)
        {
            await FillAsync();
            var length = new FileInfo(StoreFile).Length;
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                var noise = new byte[random.Next(1, 3000)];
                random.NextBytes(noise);
                Overwrite(random.NextInt64(length - noise.Length), noise);
            }

            using (var store = await OpenAsync())
            {
                await AppendAsync(store, RecordStream.Alerts, 1, 1);
                foreach (var record in await DrainAsync(store))
                {
                    // A record that is found under another number than its own was mixed up.
                    Assert.True(record.Stream == RecordStream.Alerts || record.Sequence == TestRecords.NumberOf(record), $"round {round}");
                }
            }

            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task<long> FillAsync()
    {
        using var store = await OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            await store.AppendAsync(
                [.. Enumerable.Range((i * 100) + 1, 100).Select(n => TestRecords.Numbered(RecordStream.Traffic, n, 400))], new SourceCheckpoint("plant", 0, 700, false), Token);
        }

        return store.Epoch;
    }

    private void Overwrite(long at, byte[] bytes)
    {
        using var file = new FileStream(StoreFile, FileMode.Open);
        file.Position = at;
        file.Write(bytes);
    }
}
