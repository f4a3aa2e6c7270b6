using System.Collections.Concurrent;
using Culvert.Checking.Tests.Faults;

namespace Culvert.Checking.Tests;

/// <summary>For every fault of the table the check names hop, cause and who must act.</summary>
public sealed class FaultTests
{
    [Fact(Timeout = 120_000)]
    public async Task Every_fault_is_named_with_its_hop_and_cause()
    {
        var token = TestContext.Current.CancellationToken;
        var mistakes = new ConcurrentBag<string>();
        // Most of the time is spent waiting for silence: many at once.
        await Parallel.ForEachAsync(FaultTable.All, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = token }, async (fault, inner) =>
        {
            await using var site = new FaultSite();
            await fault.Build(site);
            var report = await site.CheckAsync(inner);
            if (Complaint(fault, site, report) is { } complaint)
            {
                mistakes.Add($"{fault.Name}: {complaint}");
            }
        });

        Assert.True(mistakes.IsEmpty, string.Join("\n", mistakes));
    }

    private static string? Complaint(FaultCase fault, FaultSite site, CheckReport report)
    {
        var found = report.Findings.Where(f => f.Severity == Severity.Fault).ToArray();
        if (found.Length != 1)
        {
            return $"{found.Length} faults instead of one: {string.Join(" | ", found.Select(f => f.Summary))}";
        }

        var (one, target) = (found[0], fault.Target == "cloud" ? site.Cloud.ToString() : fault.Target);
        var towards = fault.Towards == "cloud" ? site.Cloud.ToString() : fault.Towards;
        var seen = $"{one.Target} {one.Cause} {one.Actor} towards '{one.Towards}': {one.Summary} [{string.Join("; ", one.Evidence)}]";
        return one.Target != target || one.Cause != fault.Cause || one.Actor != fault.Actor
            || (towards is null ? one.Towards is not null : one.Towards?.StartsWith(towards, StringComparison.Ordinal) != true)
            ? $"expected {target} {fault.Cause} {fault.Actor} towards '{towards}', got {seen}"
            : report.Outcome != CheckOutcome.NoWay ? $"outcome {report.Outcome}" : null;
    }
}
