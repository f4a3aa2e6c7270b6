namespace Culvert;

/// <summary>A way of one sensor to its cloud, as planned.</summary>
public sealed record SiteRoute
{
    /// <summary>Unique at its sensor.</summary>
    public required string Name { get; init; }

    /// <summary>Lower is preferred.</summary>
    public int Priority { get; init; }

    /// <summary>Names of the proxies, nearest to the sensor first; empty means direct.</summary>
    public IReadOnlyList<string> Hops { get; init; } = [];

    /// <summary>Who opens the way from hop to hop.</summary>
    public HopReach Chaining { get; init; }
}
