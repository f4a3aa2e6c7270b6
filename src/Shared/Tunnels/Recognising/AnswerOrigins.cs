namespace Culvert.Tunnels;

/// <summary>Where an answer came from, by the names that those on its way wrote into it: Via, and the signature of Squid's pages.</summary>
public static class AnswerOrigins
{
    private const int MaxHostName = 253;

    /// <summary>The names that an answer gives of those it came through, nearest to us last (Via, RFC 9110 section 7.6.3), or of the one whose page it is.</summary>
    /// <param name="via">The field Via; null when absent.</param>
    /// <param name="body">The page.</param>
    public static IReadOnlyList<string> Of(string? via, string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var names = new List<string>();
        foreach (var entry in (via ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = entry.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1)
            {
                names.Add(words[1].Split(':')[0]);
            }
        }

        // Squid signs its pages "Generated DATE by HOST (squid/VERSION)".
        var by = body.LastIndexOf(" by ", StringComparison.Ordinal);
        if (names.Count == 0 && by >= 0 && body.IndexOf("(squid", by, StringComparison.Ordinal) is var end && end > by && end - by < MaxHostName + 8)
        {
            names.Add(body[(by + 4)..end].Trim());
        }

        return names;
    }

    /// <summary>The farthest hop behind one that was asked which signed an answer; null when none did. Only hops that forward among themselves count.</summary>
    public static int? HopOf(Route route, int askedIndex, IReadOnlyList<string> origins)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(origins);
        int? found = null;
        for (var i = askedIndex + 1; i < route.Hops.Count && route.Hops[i].Reach == HopReach.Forwarded; i++)
        {
            var hop = route.Hops[i];
            if (origins.Any(o => string.Equals(o, hop.Name, StringComparison.OrdinalIgnoreCase) || string.Equals(o, hop.Address.Host, StringComparison.OrdinalIgnoreCase)))
            {
                found = i;
            }
        }

        return found;
    }
}
