using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Days that things are kept. Devices and alerts: 90, as Defender for IoT keeps them.</summary>
public sealed record RetentionDays
{
    /// <summary>Devices, from last seen or last arrival, whichever is later.</summary>
    public int Devices { get; init; } = 90;

    /// <summary>Alerts, from arrival of the first record.</summary>
    public int Alerts { get; init; } = 90;

    /// <summary>Traffic statistics.</summary>
    public int Traffic { get; init; } = 90;

    /// <summary>Evidence captures and diagnostics.</summary>
    public int Evidence { get; init; } = 90;

    /// <summary>Records that could not be understood.</summary>
    public int DeadLetters { get; init; } = 90;

    /// <summary>Connection history.</summary>
    public int Connections { get; init; } = 90;

    /// <summary>Audit entries.</summary>
    public int Audit { get; init; } = 365;

    /// <summary>All of them by their names.</summary>
    internal IEnumerable<(string Name, int Days)> All() =>
        [("devices", Devices), ("alerts", Alerts), ("traffic", Traffic), ("evidence", Evidence), ("deadLetters", DeadLetters), ("connections", Connections), ("audit", Audit)];

    /// <summary>As the store takes them.</summary>
    internal RetentionLimits ToLimits() => new()
    {
        Devices = TimeSpan.FromDays(Devices),
        Alerts = TimeSpan.FromDays(Alerts),
        Traffic = TimeSpan.FromDays(Traffic),
        Blobs = TimeSpan.FromDays(Evidence),
        DeadLetters = TimeSpan.FromDays(DeadLetters),
        Connections = TimeSpan.FromDays(Connections),
        Audit = TimeSpan.FromDays(Audit),
    };
}
