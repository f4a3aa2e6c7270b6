namespace Culvert.Checking;

/// <summary>What a check found. Holds no secret.</summary>
public sealed record CheckReport
{
    /// <summary>Always <c>culvert-check</c>.</summary>
    public string Kind { get; init; } = "culvert-check";

    /// <summary>Version of this form. Members may be added without a new version; none is removed or changes its meaning.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>The sensor; null where none is known yet.</summary>
    public string? Sensor { get; init; }

    /// <summary>When it began, by the clock of the machine that checked.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The result in one word.</summary>
    public CheckOutcome Outcome { get; init; }

    /// <summary>Whether the sensor's identity was there and used.</summary>
    public bool Activated { get; init; }

    /// <summary>This machine's clock minus the cloud's, in milliseconds; null when no answer told the time.</summary>
    public double? ClockDriftMilliseconds { get; init; }

    /// <summary>How far the true drift may be from that, in milliseconds.</summary>
    public double? ClockUncertaintyMilliseconds { get; init; }

    /// <summary>The routes, in the order given.</summary>
    public IReadOnlyList<RouteCheck> Routes { get; init; } = [];

    /// <summary>All findings, worst first; empty when nothing is to be said.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
