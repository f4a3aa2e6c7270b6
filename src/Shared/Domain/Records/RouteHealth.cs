namespace Culvert;

/// <summary>How one route of a sensor is.</summary>
public sealed record RouteHealth
{
    /// <summary>The route's name.</summary>
    public required string Route { get; init; }

    /// <summary>Lower is preferred.</summary>
    public int Priority { get; init; }

    /// <summary>Its hops, nearest first, as <c>name (scheme://host:port)</c>.</summary>
    public IReadOnlyList<string> Hops { get; init => field = value ?? []; } = [];

    /// <summary>Purdue levels of the hops, in the same order; null where the sensor was not told. Empty from sensors that do not say.</summary>
    public IReadOnlyList<decimal?> HopLevels { get; init => field = value ?? []; } = [];

    /// <summary>active, standby, failed or holdDown.</summary>
    public required string State { get; init; }

    /// <summary>The last trace over it; null before the first.</summary>
    public Trace? LastTrace { get; init; }

    /// <summary>The last trace that failed; null when none did.</summary>
    public Trace? LastFailure { get; init; }
}
