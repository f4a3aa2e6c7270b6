namespace Culvert.Outbox;

/// <summary>A row of the store.</summary>
/// <param name="Id">See <see cref="RowId"/>.</param>
/// <param name="Size">What it counts for, overhead included.</param>
/// <param name="AcceptedAt">Unix milliseconds.</param>
/// <param name="Crc">CRC-32C of the body, as it was accepted.</param>
/// <param name="Body">The body.</param>
internal sealed record StoredRecord(long Id, long Size, long AcceptedAt, uint Crc, byte[] Body)
{
    /// <summary>Whether the body is what was accepted: SQLite itself has no checksum over its pages.</summary>
    public bool IsIntact => Checksum.Of(Body) == Crc;
}
