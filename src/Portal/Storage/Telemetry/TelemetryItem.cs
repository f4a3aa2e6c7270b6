namespace Culvert.Storage;

/// <summary>One span, metric point or log line of a sensor.</summary>
public sealed record TelemetryItem
{
    /// <summary><c>trace</c>, <c>metric</c> or <c>log</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the span or metric; severity of the log line.</summary>
    public required string Name { get; init; }

    /// <summary>Start of the span, time of the point or line, by the sensor's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Length of the span in milliseconds, value of the metric; null for a log line.</summary>
    public double? Value { get; init; }

    /// <summary>Unit of <see cref="Value"/>.</summary>
    public string? Unit { get; init; }

    /// <summary>Text of the log line, or the attributes as <c>key=value</c>, at most 2,000 characters.</summary>
    public string Text { get; init; } = "";

    /// <summary>Trace id, lower-case hex; null for metrics.</summary>
    public string? TraceId { get; init; }
}
