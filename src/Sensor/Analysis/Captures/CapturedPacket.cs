namespace Culvert.Analysis;

/// <summary>One packet of a capture; valid until the next is read.</summary>
/// <param name="linkType">What the first byte is.</param>
/// <param name="ticks">When it was captured, in <see cref="DateTime"/> ticks, UTC.</param>
/// <param name="data">The bytes captured.</param>
/// <param name="originalLength">Its length on the wire; larger than the data when it was cut.</param>
public readonly ref struct CapturedPacket(LinkType linkType, long ticks, ReadOnlySpan<byte> data, int originalLength)
{
    /// <summary>What the first byte is.</summary>
    public LinkType LinkType { get; } = linkType;

    /// <summary>When it was captured, in <see cref="DateTime"/> ticks (100 ns), UTC.</summary>
    public long Ticks { get; } = ticks;

    /// <summary>The bytes captured.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;

    /// <summary>Its length on the wire, in bytes.</summary>
    public int OriginalLength { get; } = originalLength;
}
