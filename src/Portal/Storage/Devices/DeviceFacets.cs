namespace Culvert.Storage;

/// <summary>A value of a column and how many rows have it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Count">Rows.</param>
public sealed record Facet(string Value, long Count);

/// <summary>What the device filters can be set to, most frequent first, at most 200 values each.</summary>
public sealed record DeviceFacets
{
    /// <summary>Sites.</summary>
    public IReadOnlyList<Facet> Sites { get; init; } = [];

    /// <summary>Zones.</summary>
    public IReadOnlyList<Facet> Zones { get; init; } = [];

    /// <summary>Types.</summary>
    public IReadOnlyList<Facet> Types { get; init; } = [];

    /// <summary>Vendors.</summary>
    public IReadOnlyList<Facet> Vendors { get; init; } = [];

    /// <summary>Protocols.</summary>
    public IReadOnlyList<Facet> Protocols { get; init; } = [];
}
