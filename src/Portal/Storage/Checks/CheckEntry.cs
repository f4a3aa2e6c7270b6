namespace Culvert.Storage;

/// <summary>What a sensor found when it checked its ways.</summary>
public sealed record CheckEntry
{
    /// <summary>The sensor.</summary>
    public required string Sensor { get; init; }

    /// <summary>When the check began, by the sensor's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its report arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Who asked for it; null where that is not known.</summary>
    public string? AskedBy { get; init; }

    /// <summary>The report's own word for its result, as <c>passed</c> or <c>noWay</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The report: JSON as the sensor wrote it.</summary>
    public required string Report { get; init; }
}
