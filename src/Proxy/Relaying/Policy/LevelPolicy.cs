namespace Culvert.Relaying;

/// <summary>From which Purdue levels a proxy takes, where it stands, and how long a chain may be. A client's level is what its identity or its source network is set to, else what the proxy before said in Via.</summary>
public sealed record LevelPolicy
{
    /// <summary>The proxy's own level; null when it is not set.</summary>
    public PurdueLevel? Level { get; init; }

    /// <summary>Levels it takes tunnels from; empty means any.</summary>
    public IReadOnlyList<PurdueLevel> TakesFrom { get; init; } = [];

    /// <summary>Levels it passes tunnels to; empty means any. Parents outside it are a mistake of the settings.</summary>
    public IReadOnlyList<PurdueLevel> PassesTo { get; init; } = [];

    /// <summary>The most proxies on the way, this one included.</summary>
    public int MaxHops { get; init; } = 8;

    /// <summary>Why a request that comes over these proxies is refused; null when it is not.</summary>
    /// <param name="name">This proxy's name.</param>
    /// <param name="via">The proxies passed, first to last.</param>
    /// <param name="setLevel">The level set for the client's identity or source; null when none is.</param>
    public Refusal? Judge(string name, IReadOnlyList<ViaEntry> via, PurdueLevel? setLevel)
    {
        ArgumentNullException.ThrowIfNull(via);
        if (via.Count == 0 && TakesFrom.Count == 0)
        {
            // Straight from a client, and any level may ask: no rule applies.
            return null;
        }

        if (via.Any(v => string.Equals(v.ReceivedBy, name, StringComparison.OrdinalIgnoreCase)))
        {
            return Refusal.BadGateway("proxy_loop_detected", $"the way leads through {name} twice; a proxy further on names it, or one before it, as its parent");
        }

        if (via.Count >= MaxHops)
        {
            return Refusal.BadGateway("proxy_loop_detected", $"{via.Count} proxies were passed already; rule proxy.maxHops allows {MaxHops} with this one");
        }

        if (TakesFrom.Count == 0)
        {
            return null;
        }

        var rule = $"rule proxy.takesFrom allows {string.Join(", ", TakesFrom)}";
        return (setLevel ?? (via.Count > 0 ? via[^1].Level : null)) switch
        {
            // Nobody gets in by saying nothing.
            null => Refusal.Denied($"it comes from a level that nobody says; {rule} (set sourceLevels, or the level of its identity)"),
            { } level => TakesFrom.Contains(level) ? null : Refusal.Denied($"it comes from level {level}; {rule}"),
        };
    }
}
