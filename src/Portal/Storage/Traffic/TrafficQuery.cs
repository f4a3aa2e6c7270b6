namespace Culvert.Storage;

/// <summary>Which traffic is wanted; null members do not filter.</summary>
public sealed record TrafficQuery
{
    /// <summary>Seen by this sensor.</summary>
    public string? Sensor { get; init; }

    /// <summary>Seen in this zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Of intervals that start at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Of intervals that start before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Rows wanted at most, 1 to 1000.</summary>
    public int Limit { get; init; } = 50;
}
