namespace Culvert.Storage;

/// <summary>How long things are kept. Devices and alerts: 90 days, as Defender for IoT keeps them.</summary>
public sealed record RetentionLimits
{
    /// <summary>Devices, from last seen or last arrival, whichever is later.</summary>
    public TimeSpan Devices { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Alerts, from arrival of the first record.</summary>
    public TimeSpan Alerts { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Traffic statistics, from arrival.</summary>
    public TimeSpan Traffic { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Evidence captures, from writing.</summary>
    public TimeSpan Blobs { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Dead letters, from arrival.</summary>
    public TimeSpan DeadLetters { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Connection history.</summary>
    public TimeSpan Connections { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Audit entries: a year, because an audit asks about the last one.</summary>
    public TimeSpan Audit { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Rows removed in one transaction at most, so that ingest never waits long.</summary>
    public int BatchRows { get; init; } = 1000;
}
