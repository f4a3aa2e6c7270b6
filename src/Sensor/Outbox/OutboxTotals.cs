namespace Culvert.Outbox;

/// <summary>The figures of all streams at one moment. Immutable: a transaction works on its own copy, which takes the place of the old one only after the commit.</summary>
internal sealed class OutboxTotals
{
    /// <summary>All streams, in the order of sending.</summary>
    public static readonly IReadOnlyList<RecordStream> Streams = Enum.GetValues<RecordStream>();

    private readonly StreamTotals[] _streams;

    /// <summary>All zero.</summary>
    public OutboxTotals() => _streams = [.. Streams.Select(_ => new StreamTotals())];

    private OutboxTotals(StreamTotals[] streams) => _streams = streams;

    /// <summary>One stream's.</summary>
    public StreamTotals this[RecordStream stream] => _streams[(int)stream];

    /// <summary>Records waiting in all streams.</summary>
    public long Waiting => _streams.Sum(s => s.Waiting);

    /// <summary>Bytes waiting in all streams.</summary>
    public long WaitingBytes => _streams.Sum(s => s.WaitingBytes);

    /// <summary>The same with one stream changed.</summary>
    public OutboxTotals With(RecordStream stream, StreamTotals totals)
    {
        var copy = (StreamTotals[])_streams.Clone();
        copy[(int)stream] = totals;
        return new OutboxTotals(copy);
    }
}
