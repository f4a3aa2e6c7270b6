using System.Diagnostics;
using System.Globalization;

namespace Culvert.Storage.Tests;

public sealed class KilledProcessTests : StoreTest
{
    private const int Rounds = 8;

    [Fact(Timeout = 180_000)]
    public async Task A_portal_killed_at_any_instant_has_stored_all_it_acknowledged_and_nothing_twice()
    {
        var random = new Random(4711);
        for (var round = 0; round < Rounds; round++)
        {
            var acknowledged = await IngestAndKillAsync(round, random.Next(1, 30), TestContext.Current.CancellationToken);
            var statistics = await StatisticsAsync(RecordStream.Traffic);
            var frames = (await Store.Traffic.ListProtocolsAsync(new TrafficQuery(), Cancelled)).Sum(p => p.Frames);
            Assert.True(statistics.Stored >= acknowledged, $"round {round}: acknowledged {acknowledged}, stored {statistics.Stored}");
            Assert.Equal(statistics.Stored, frames);
            Assert.Equal(0, statistics.Missing);
            // What is stored is exactly what its id says: the sum of 1..n.
            Assert.Equal(frames * (frames + 1) / 2, (await Store.Traffic.ListProtocolsAsync(new TrafficQuery(), Cancelled)).Sum(p => p.Bytes));
        }
    }

    private async Task<long> IngestAndKillAsync(int round, int commits, CancellationToken cancellationToken)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--child", "ingest", Folder, round.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        try
        {
            var acknowledged = 0L;
            // After this many acknowledgements, wherever the next commit stands then.
            for (var i = 0; i < commits && await child.StandardOutput.ReadLineAsync(cancellationToken) is { } line; i++)
            {
                acknowledged = long.Parse(line, CultureInfo.InvariantCulture);
            }

            Assert.True(acknowledged > 0, $"round {round}: the child ended by itself");
            return acknowledged;
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
        }
    }
}
