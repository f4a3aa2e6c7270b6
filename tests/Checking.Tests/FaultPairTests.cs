using System.Collections.Concurrent;
using Culvert.Checking.Tests.Faults;

namespace Culvert.Checking.Tests;

/// <summary>Of two faults at once the check names both where both can be seen, and no hop that is well.</summary>
public sealed class FaultPairTests
{
    [Fact(Timeout = 120_000)]
    public async Task Both_faults_are_named_and_no_healthy_hop()
    {
        var token = TestContext.Current.CancellationToken;
        var mistakes = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(FaultPairs.All, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = token }, async (pair, inner) =>
        {
            await using var site = new FaultSite();
            pair.Build(site);
            var found = (await site.CheckAsync(inner)).Findings.Where(f => f.Severity == Severity.Fault).ToArray();
            var seen = found.Select(f => new PairedFault(f.Route ?? "", Place(site, f.Target), f.Cause, f.Towards is null ? null : Place(site, f.Towards))).ToHashSet();
            if (!seen.SetEquals(pair.Expected))
            {
                mistakes.Add($"{pair.Name}: {string.Join(" | ", found.Select(f => $"{f.Route} {f.Target} {f.Cause} towards '{f.Towards}': {f.Summary} [{string.Join("; ", f.Evidence)}]"))}");
            }
        });

        Assert.True(mistakes.IsEmpty, string.Join("\n", mistakes));
    }

    private static string Place(FaultSite site, string? place) =>
        place is null ? "" : place == site.Cloud.ToString() ? "cloud" : place == site.BlobCloud?.ToString() ? "blobs" : place.Split(' ')[0];
}
