namespace Culvert.Outbox;

/// <summary>Where a record lies: stream (3 bits), ordinal of the epoch (12 bits), sequence (48 bits) in one number, so that the store's own order is the order of sending
/// and no index is needed.</summary>
internal static class RowId
{
    /// <summary>The largest ordinal of an epoch.</summary>
    public const int MaxOrdinal = (1 << 12) - 1;

    private const int StreamShift = 60;
    private const int OrdinalShift = 48;
    private const long SequenceMask = (1L << OrdinalShift) - 1;

    /// <summary>Puts the parts together.</summary>
    public static long Make(RecordStream stream, int ordinal, long sequence) => ((long)stream << StreamShift) | ((long)ordinal << OrdinalShift) | sequence;

    /// <summary>The first number of a stream.</summary>
    public static long First(RecordStream stream) => (long)stream << StreamShift;

    /// <summary>The last number of a stream.</summary>
    public static long Last(RecordStream stream) => ((long)(stream + 1) << StreamShift) - 1;

    /// <summary>The ordinal of the epoch in it.</summary>
    public static int OrdinalOf(long id) => (int)(id >> OrdinalShift) & MaxOrdinal;

    /// <summary>The sequence in it.</summary>
    public static long SequenceOf(long id) => id & SequenceMask;
}
