using System.Globalization;
using Culvert.Storage.Sqlite;

namespace Culvert.Storage.Tests;

/// <summary>What the killed child does: stores batches of numbered traffic records for ever, and tells after each commit how far it has come.</summary>
internal static class ChildProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not ["ingest", var folder, var seedText])
        {
            return 2;
        }

        var random = new Random(int.Parse(seedText, CultureInfo.InvariantCulture));
        using var store = new SqlitePortalStore(folder);
        var next = (await store.Ingest.ListStatisticsAsync(TestData.Sensor, CancellationToken.None)).SingleOrDefault()?.Stored + 1 ?? 1;
        while (true)
        {
            // Half of the last batch comes again, as after a cut whose acknowledgement was lost.
            var last = next + random.Next(1, 40);
            await store.Ingest.StoreAsync([.. Range(Math.Max(1, next - 10), last).Select(TestData.Traffic)], TestData.Now, CancellationToken.None);
            Console.WriteLine(last.ToString(CultureInfo.InvariantCulture));
            next = last + 1;
        }
    }

    private static IEnumerable<long> Range(long first, long last)
    {
        for (var i = first; i <= last; i++)
        {
            yield return i;
        }
    }
}
