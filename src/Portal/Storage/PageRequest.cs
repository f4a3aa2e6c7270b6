namespace Culvert.Storage;

/// <summary>Which rows of a list are wanted.</summary>
public readonly record struct PageRequest
{
    /// <summary>Most rows that one page may have.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Makes a request; values outside the limits are brought inside them.</summary>
    /// <param name="offset">Rows to leave out at the start, 0 or more.</param>
    /// <param name="limit">Rows wanted, 1 to <see cref="MaxLimit"/>.</param>
    public PageRequest(int offset, int limit) => (Offset, Limit) = (Math.Max(0, offset), Math.Clamp(limit, 1, MaxLimit));

    /// <summary>Rows left out at the start.</summary>
    public int Offset { get; }

    /// <summary>Rows wanted at most.</summary>
    public int Limit { get; }

    /// <summary>The first 50 rows.</summary>
    public static PageRequest First { get; } = new(0, 50);
}
