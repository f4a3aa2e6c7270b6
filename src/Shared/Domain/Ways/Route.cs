namespace Culvert;

/// <summary>An ordered list of hops, possibly empty (direct), from one sensor to the cloud.</summary>
public sealed record Route
{
    /// <summary>The name a person knows it by; unique at its sensor.</summary>
    public required string Name { get; init; }

    /// <summary>Lower is preferred; the order of the list decides between equals.</summary>
    public int Priority { get; init; }

    /// <summary>The hops, nearest to the sensor first; empty means direct.</summary>
    public IReadOnlyList<Hop> Hops { get; init; } = [];

    /// <summary>Whether no proxy stands on the way.</summary>
    public bool IsDirect => Hops.Count == 0;

    /// <inheritdoc/>
    public override string ToString() => IsDirect ? $"{Name}: direct" : $"{Name}: {string.Join(" -> ", Hops.Select(h => h.Name))}";
}
