namespace Culvert.Uplink;

/// <summary>How a cloud endpoint answered last.</summary>
public sealed record EndpointReading
{
    /// <summary>The service.</summary>
    public required CloudService Service { get; init; }

    /// <summary>When it answered well last; null for never.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>When it failed last; null for never.</summary>
    public DateTimeOffset? LastFailureAt { get; init; }

    /// <summary>Why it fails now; <see cref="Culvert.Cause.None"/> when the last attempt went well.</summary>
    public Cause Cause { get; init; }

    /// <summary>What was seen when it failed.</summary>
    public string? Evidence { get; init; }

    /// <summary>Failures since the last success.</summary>
    public int FailuresInARow { get; init; }

    /// <summary>The trace of the attempt that failed, where a tunnel could not be opened.</summary>
    public Trace? Trace { get; init; }
}
