namespace Culvert;

/// <summary>What a sensor says it has: the reported part of its twin.</summary>
public sealed record ReportedProperties
{
    /// <summary>Software version.</summary>
    public string? SoftwareVersion { get; init; }

    /// <summary>Cap in force, kbit/s.</summary>
    public int? BandwidthCapKbps { get; init; }

    /// <summary>Heartbeat in force.</summary>
    public int? HeartbeatSeconds { get; init; }

    /// <summary>Mode in force.</summary>
    public bool? Learning { get; init; }

    /// <summary>Threat-intelligence package in use.</summary>
    public string? ThreatIntelligenceVersion { get; init; }

    /// <summary>Ok, InProgress, UpdateAvailable or Failed.</summary>
    public string? ThreatIntelligenceStatus { get; init; }

    /// <summary>Why the last package was refused or rolled back; null when it was not.</summary>
    public string? ThreatIntelligenceError { get; init; }

    /// <summary>Version of the desired properties that was applied.</summary>
    public long? AppliedVersion { get; init; }

    /// <summary>Why desired properties were refused, naming the property; null when they were not.</summary>
    public string? SettingsError { get; init; }
}
