namespace Culvert.Planning;

/// <summary>What differs between two plans.</summary>
/// <param name="Path">The file.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="LinesAdded">Lines that are new.</param>
/// <param name="LinesRemoved">Lines that are gone.</param>
public sealed record PlanChange(string Path, PlanChangeKind Kind, int LinesAdded, int LinesRemoved)
{
    /// <summary>The differences in the order of paths; none where the plans are the same.</summary>
    public static IReadOnlyList<PlanChange> Between(IReadOnlyDictionary<string, string> before, IReadOnlyList<PlanFile> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var changes = new List<PlanChange>();
        foreach (var file in after)
        {
            if (!before.TryGetValue(file.Path, out var old))
            {
                changes.Add(new PlanChange(file.Path, PlanChangeKind.Added, Lines(file.Content).Count, 0));
            }
            else if (old != file.Content)
            {
                var (was, now) = (Lines(old), Lines(file.Content));
                changes.Add(new PlanChange(file.Path, PlanChangeKind.Changed, Without(now, was), Without(was, now)));
            }
        }

        changes.AddRange(before.Keys.Except(after.Select(f => f.Path)).Select(p => new PlanChange(p, PlanChangeKind.Removed, 0, Lines(before[p]).Count)));
        return [.. changes.OrderBy(c => c.Path, StringComparer.Ordinal)];
    }

    private static List<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    // Lines as a bag: a moved line is no change worth a person's time.
    private static int Without(List<string> lines, List<string> others)
    {
        var counts = others.GroupBy(l => l).ToDictionary(g => g.Key, g => g.Count());
        return lines.Count(l => !counts.TryGetValue(l, out var n) || (counts[l] = n - 1) < 0);
    }
}

/// <summary>What became of a file.</summary>
public enum PlanChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>Its content differs.</summary>
    Changed,

    /// <summary>It is no longer derived.</summary>
    Removed,
}
