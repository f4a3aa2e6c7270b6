namespace Culvert.Lab;

/// <summary>Which rows a table of faults has.</summary>
public sealed record FaultTableOptions
{
    /// <summary>Faults by name, made at every hop that they can be made at, or by place, several at once: <c>delay=300ms@plant-proxy,kill@dmz-proxy</c>; empty means all faults.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>How many pairs of faults at two places are made besides, chosen by <see cref="Seed"/>.</summary>
    public int Pairs { get; init; }

    /// <summary>Chooses the pairs: the same seed, the same pairs.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Of several labs of the same site that share the rows, which this one is, from 1.</summary>
    public int Part { get; init; } = 1;

    /// <summary>How many labs share the rows.</summary>
    public int Parts { get; init; } = 1;
}
