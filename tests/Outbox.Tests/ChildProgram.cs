using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Outbox.Tests;

/// <summary>What the killed child does: appends numbered records with their checkpoint, tells after each acceptance, and takes out the oldest from time to time.</summary>
internal static class ChildProgram
{
    public static async Task<int> RunAsync(string[] args) => args switch
    {
        ["write", var folder, var seed] => await WriteForEverAsync(folder, int.Parse(seed, CultureInfo.InvariantCulture)),
        ["fill", var folder] => await FillAsync(folder),
        _ => 2,
    };

    private static async Task<int> WriteForEverAsync(string folder, int seed)
    {
        var random = new Random(seed);
        using var store = await OutboxStore.OpenAsync(
            new OutboxOptions { Directory = Path.Combine(folder, "outbox"), ReserveBytes = 65536 }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var position = (await store.ReadCheckpointsAsync(CancellationToken.None)).SingleOrDefault()?.Position ?? 0;
        // Opened once and flushed at each line: what it holds is what the cloud got.
        using var delivered = new StreamWriter(new FileStream(Path.Combine(folder, "delivered"), FileMode.Append)) { AutoFlush = true };
        while (true)
        {
            var batch = new List<OutgoingRecord>();
            for (var i = random.Next(1, 30); i > 0; i--)
            {
                batch.Add(TestRecords.Numbered(RecordStream.Traffic, ++position, random.Next(0, 6000)));
            }

            await store.AppendAsync(batch, new SourceCheckpoint("plant", 0, position, false), CancellationToken.None);
            Console.WriteLine(position.ToString(CultureInfo.InvariantCulture));
            if (random.Next(3) == 0 && await store.PeekAsync([RecordStream.Traffic], random.Next(1, 60), 1 << 20, CancellationToken.None) is { } waiting)
            {
                delivered.Write(string.Concat(waiting.Records.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Epoch} {r.Sequence} {TestRecords.NumberOf(r)}\n"))));
                await store.AcknowledgeAsync(waiting, CancellationToken.None);
            }
        }
    }

    /// <summary>Runs in a small file system: fills it up, takes records out although it is full, frees room, and goes on.</summary>
    private static async Task<int> FillAsync(string folder)
    {
        using var store = await OutboxStore.OpenAsync(
            new OutboxOptions { Directory = Path.Combine(folder, "outbox"), ReserveBytes = 512 * 1024, RetryAfter = TimeSpan.FromMilliseconds(20) },
            TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        await File.WriteAllBytesAsync(Path.Combine(folder, "ballast"), new byte[1024 * 1024]);
        long accepted = 0;
        Task? stuck = null;
        while (stuck is null)
        {
            var append = store.AppendAsync([TestRecords.Numbered(RecordStream.Alerts, accepted + 1, 3000)], null, CancellationToken.None);
            var deadline = Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System);
            while (!append.IsCompleted && store.Trouble == OutboxTrouble.None && !deadline.IsCompleted)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            }

            if (append.IsCompleted)
            {
                await append;
                accepted++;
            }
            else
            {
                stuck = append;
            }
        }

        Console.WriteLine($"full {store.Trouble} {accepted > 100}");
        var batch = await store.PeekAsync([RecordStream.Alerts], 20, 1 << 20, CancellationToken.None);
        await store.AcknowledgeAsync(batch!, CancellationToken.None);
        Console.WriteLine($"acknowledged {batch!.Records.Count} {store.Waiting == accepted - 20}");
        File.Delete(Path.Combine(folder, "ballast"));
        await stuck.WaitAsync(TimeSpan.FromSeconds(20));
        accepted++;
        Console.WriteLine($"again {store.Trouble}");
        var numbers = new List<long>();
        while (await store.PeekAsync([RecordStream.Alerts], 100, 1 << 20, CancellationToken.None) is { } next)
        {
            numbers.AddRange(next.Records.Select(TestRecords.NumberOf));
            await store.AcknowledgeAsync(next, CancellationToken.None);
        }

        Console.WriteLine($"whole {numbers.SequenceEqual(Enumerable.Range(21, (int)accepted - 20).Select(n => (long)n))}");
        Console.Out.Flush();
        return 0;
    }
}
