namespace Culvert.Relaying;

/// <summary>One member of Via (RFC 9110, section 7.6.3).</summary>
/// <param name="ReceivedBy">The pseudonym or host of the proxy.</param>
/// <param name="Level">Its Purdue level, where its comment says so as ours does: <c>1.1 plant-proxy (level 3)</c>.</param>
public sealed record ViaEntry(string ReceivedBy, PurdueLevel? Level)
{
    /// <summary>More members than this are not read: no chain is that long.</summary>
    public const int MaxEntries = 64;

    /// <summary>Reads a field's value; what is malformed is kept as a name, so that it counts.</summary>
    public static IReadOnlyList<ViaEntry> Read(string? value)
    {
        if (value is null)
        {
            return [];
        }

        var entries = new List<ViaEntry>();
        foreach (var member in Members(value))
        {
            var text = member.Trim();
            if (text.Length == 0)
            {
                continue;
            }

            var space = text.IndexOf(' ', StringComparison.Ordinal);
            var rest = space < 0 ? text : text[(space + 1)..].TrimStart();
            var end = rest.IndexOf(' ', StringComparison.Ordinal);
            var by = end < 0 ? rest : rest[..end];
            const string label = "(level ";
            var comment = rest.IndexOf(label, StringComparison.Ordinal);
            PurdueLevel? level = comment >= 0 && rest.EndsWith(')') && PurdueLevel.TryParse(rest[(comment + label.Length)..^1], out var known) ? known : null;
            entries.Add(new ViaEntry(by, level));
            if (entries.Count == MaxEntries)
            {
                break;
            }
        }

        return entries;
    }

    /// <summary>The value to pass on: what came, and this proxy.</summary>
    public static string Append(string? came, string name, PurdueLevel? level)
    {
        var own = level is null ? $"1.1 {name}" : $"1.1 {name} (level {level})";
        return came is null ? own : $"{came}, {own}";
    }

    // Commas within comments do not separate.
    private static IEnumerable<string> Members(string value)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < value.Length; i++)
        {
            depth += value[i] switch { '(' => 1, ')' when depth > 0 => -1, _ => 0 };
            if (value[i] == ',' && depth == 0)
            {
                yield return value[start..i];
                start = i + 1;
            }
        }

        yield return value[start..];
    }
}
