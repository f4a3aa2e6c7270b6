namespace Culvert.Configuration;

/// <summary>Finds the word that was probably meant.</summary>
public static class Suggestion
{
    /// <summary>The nearest of the words known, or null when none is near: the same but for case and separators, or at most a third of its letters wrong.</summary>
    public static string? For(string written, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(known);
        var plain = Plain(written);
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var word in known)
        {
            var distance = Distance(plain, Plain(word));
            if (distance < bestDistance && distance <= Math.Max(1, word.Length / 3))
            {
                (best, bestDistance) = (word, distance);
            }
        }

        return best;
    }

    private static string Plain(string word) =>
        string.Concat(word.Take(64).Where(c => c is not ('-' or '_' or ' ')).Select(char.ToLowerInvariant));

    // Optimal string alignment: insertions, deletions, replacements, neighbours swapped.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
