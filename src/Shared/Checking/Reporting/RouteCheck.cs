namespace Culvert.Checking;

/// <summary>One route as it was found.</summary>
public sealed record RouteCheck
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Lower is preferred.</summary>
    public int Priority { get; init; }

    /// <summary>Its hops, nearest first; empty means direct.</summary>
    public IReadOnlyList<HopCheck> Hops { get; init; } = [];

    /// <summary>The endpoints by this route.</summary>
    public IReadOnlyList<EndpointCheck> Endpoints { get; init; } = [];

    /// <summary>Whether every endpoint was reached.</summary>
    public bool Succeeded { get; init; }

    /// <summary>Silence that the way survived and, where it was cut, the least that cut it; null when it was not tried.</summary>
    public IdleCheck? Idle { get; init; }
}
