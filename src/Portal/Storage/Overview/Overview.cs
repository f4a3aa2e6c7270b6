namespace Culvert.Storage;

/// <summary>Figures of the overview page.</summary>
public sealed record Overview
{
    /// <summary>Sensors in all.</summary>
    public long Sensors { get; init; }

    /// <summary>Sensors that are connected.</summary>
    public long Connected { get; init; }

    /// <summary>Sensors that were connected and are not now.</summary>
    public long Disconnected { get; init; }

    /// <summary>Sensors that wait for their activation file.</summary>
    public long PendingActivation { get; init; }

    /// <summary>Sensors by worst health message.</summary>
    public IReadOnlyDictionary<HealthLevel, long> SensorsByHealth { get; init; } = new Dictionary<HealthLevel, long>();

    /// <summary>Devices in all.</summary>
    public long Devices { get; init; }

    /// <summary>Devices that are not authorized.</summary>
    public long UnauthorizedDevices { get; init; }

    /// <summary>Devices by type, most frequent first.</summary>
    public IReadOnlyList<Facet> DevicesByType { get; init; } = [];

    /// <summary>Alerts that are not closed, by severity.</summary>
    public IReadOnlyDictionary<AlertSeverity, long> OpenAlerts { get; init; } = new Dictionary<AlertSeverity, long>();

    /// <summary>Alerts that are not closed, by engine.</summary>
    public IReadOnlyDictionary<AlertEngine, long> OpenAlertsByEngine { get; init; } = new Dictionary<AlertEngine, long>();

    /// <summary>Records stored since the beginning.</summary>
    public long Records { get; init; }

    /// <summary>Records that arrived again and were dropped.</summary>
    public long Duplicates { get; init; }

    /// <summary>Records that could not be understood.</summary>
    public long DeadLetters { get; init; }

    /// <summary>The sites with their zones and counts, for the map.</summary>
    public IReadOnlyList<SiteEntry> Sites { get; init; } = [];
}
