namespace Culvert.Storage;

/// <summary>What has arrived of one stream of one sensor.</summary>
public sealed record StreamStatistics
{
    /// <summary>The sensor.</summary>
    public required string Sensor { get; init; }

    /// <summary>The stream.</summary>
    public required RecordStream Stream { get; init; }

    /// <summary>Records stored, each once.</summary>
    public long Stored { get; init; }

    /// <summary>Records that arrived again and were dropped.</summary>
    public long Duplicates { get; init; }

    /// <summary>Records that could not be understood.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Sequence numbers below the largest of its epoch that never came: still on their way, or dropped by a full outbox.</summary>
    public long Missing { get; init; }

    /// <summary>When the last one arrived.</summary>
    public DateTimeOffset? LastAt { get; init; }
}
