namespace Culvert.Outbox;

/// <summary>The oldest waiting records of one stream, in order. Peeking takes nothing away; <see cref="OutboxStore.AcknowledgeAsync"/> does.</summary>
public sealed class WaitingBatch
{
    internal WaitingBatch(RecordStream stream, IReadOnlyList<WaitingRecord> records)
    {
        Stream = stream;
        Records = records;
        Bytes = records.Sum(r => (long)r.Body.Length);
    }

    /// <summary>The stream of all its records.</summary>
    public RecordStream Stream { get; }

    /// <summary>At least one record, oldest first.</summary>
    public IReadOnlyList<WaitingRecord> Records { get; }

    /// <summary>Bytes of the bodies.</summary>
    public long Bytes { get; }

    /// <summary>The first <paramref name="count"/> records of it, to send or acknowledge a part. Throws where the count is not 1 to all.</summary>
    public WaitingBatch First(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Records.Count);
        return count == Records.Count ? this : new WaitingBatch(Stream, [.. Records.Take(count)]);
    }
}
