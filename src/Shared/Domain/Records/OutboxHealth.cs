namespace Culvert;

/// <summary>How full a sensor's outbox is, and what it had to drop.</summary>
public sealed record OutboxHealth
{
    /// <summary>Records waiting.</summary>
    public long Records { get; init; }

    /// <summary>Bytes waiting.</summary>
    public long Bytes { get; init; }

    /// <summary>Its limit in bytes.</summary>
    public long MaxBytes { get; init; }

    /// <summary>When the oldest waiting record was accepted; null when empty.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    /// <summary>Records dropped because it was full, since the outbox was made, by stream.</summary>
    public IReadOnlyDictionary<RecordStream, long> Dropped { get; init => field = value ?? new Dictionary<RecordStream, long>(); } = new Dictionary<RecordStream, long>();

    /// <summary>Records waiting, by stream.</summary>
    public IReadOnlyDictionary<RecordStream, long> Waiting { get; init => field = value ?? new Dictionary<RecordStream, long>(); } = new Dictionary<RecordStream, long>();

    /// <summary>Estimated time to empty at the present rate; null when it does not shrink.</summary>
    public TimeSpan? TimeToDrain { get; init; }
}
