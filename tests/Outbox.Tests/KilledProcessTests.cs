using System.Diagnostics;
using System.Globalization;

namespace Culvert.Outbox.Tests;

public sealed class KilledProcessTests : OutboxTest
{
    private const int Rounds = 30;

    [Fact]
    public async Task A_process_killed_at_any_instant_loses_nothing_it_accepted_and_resumes_exactly()
    {
        var random = new Random(4711);
        for (var round = 0; round < Rounds; round++)
        {
            var accepted = await WriteAndKillAsync(round, random.Next(1, 6), TimeSpan.FromMilliseconds(random.Next(0, 100)));
            using var store = await OpenAsync();
            Assert.Null(store.LastRepair);
            var delivered = ReadDelivered();
            var waiting = await PeekAllAsync(store);
            var checkpoint = (await store.ReadCheckpointsAsync(TestContext.Current.CancellationToken)).SingleOrDefault()?.Position ?? 0;

            // Everything that was accepted is delivered or waits, each number once under one id, up to exactly the checkpoint.
            var all = delivered.Concat(waiting).GroupBy(r => r.Number).ToDictionary(g => g.Key, g => g.Select(r => (r.Epoch, r.Sequence)).Distinct().ToList());
            Assert.True(checkpoint >= accepted, $"round {round}: accepted {accepted}, checkpoint {checkpoint}");
            Assert.Equal(checkpoint, all.Count);
            Assert.All(all, pair => Assert.Equal(pair.Key, Assert.Single(pair.Value).Sequence));
            Assert.Equal(waiting.Count, store.Waiting);
        }

        Assert.True(ReadDelivered().Count > 0);
    }

    // After so many acceptances, however slow the machine is, and then at any instant.
    private async Task<long> WriteAndKillAsync(int round, int acceptances, TimeSpan later)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--child", "write", Root, round.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        long accepted = 0;
        var enough = new TaskCompletionSource();
        child.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                accepted = long.Parse(line.Data, CultureInfo.InvariantCulture);
                if (--acceptances == 0)
                {
                    enough.SetResult();
                }
            }
        };
        child.BeginOutputReadLine();
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await Task.Delay(later, TimeProvider.System);
        child.Kill();
        await child.WaitForExitAsync();
        return accepted;
    }

    private List<(long Epoch, long Sequence, long Number)> ReadDelivered()
    {
        var path = Path.Combine(Root, "delivered");
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        // The last line may be cut by the kill: it was not acknowledged then, and must not run into the next process's first line.
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        File.WriteAllText(path, whole);
        return [.. whole.Split('\n').SkipLast(1).Select(line => line.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray()).Select(n => (n[0], n[1], n[2]))];
    }

    private static async Task<List<(long Epoch, long Sequence, long Number)>> PeekAllAsync(OutboxStore store)
    {
        var batch = await store.PeekAsync(All, int.MaxValue, long.MaxValue, TestContext.Current.CancellationToken);
        return batch is null ? [] : [.. batch.Records.Select(r => (r.Epoch, r.Sequence, TestRecords.NumberOf(r)))];
    }
}
