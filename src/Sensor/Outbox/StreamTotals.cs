namespace Culvert.Outbox;

/// <summary>The figures of one stream, kept in the store in the same transaction as the records they count.</summary>
internal sealed record StreamTotals
{
    /// <summary>What a record costs besides its body: row, time, checksum, and the share of a page.</summary>
    public const int OverheadBytes = 48;

    /// <summary>The last sequence given in the present epoch.</summary>
    public long LastSequence { get; init; }

    /// <summary>Records waiting.</summary>
    public long Waiting { get; init; }

    /// <summary>Their bytes, overhead included.</summary>
    public long WaitingBytes { get; init; }

    /// <summary>Records dropped since the outbox was made.</summary>
    public long Dropped { get; init; }
}
