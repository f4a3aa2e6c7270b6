namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>Compares rows and says what differs, not only that something does.</summary>
internal static class RowDifference
{
    private const int Shown = 10;

    public static void AssertSame(IReadOnlyList<string> expected, IReadOnlyList<string> actual, string what)
    {
        var missing = Without(expected, actual);
        var extra = Without(actual, expected);
        Assert.True(
            missing.Count == 0 && extra.Count == 0,
            $"{what}: {missing.Count} rows are missing, {extra.Count} are too many, of {expected.Count}.\n{string.Join('\n', missing.Take(Shown).Select(r => "- " + r))}\n{string.Join('\n', extra.Take(Shown).Select(r => "+ " + r))}");
    }

    // As bags: a row that is there twice is not one that is there once.
    private static List<string> Without(IEnumerable<string> rows, IEnumerable<string> others)
    {
        var left = others.GroupBy(r => r, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var without = new List<string>();
        foreach (var row in rows)
        {
            if (left.GetValueOrDefault(row) is > 0 and var count)
            {
                left[row] = count - 1;
            }
            else
            {
                without.Add(row);
            }
        }

        return without;
    }
}
