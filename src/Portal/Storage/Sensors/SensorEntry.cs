namespace Culvert.Storage;

/// <summary>A sensor as the portal lists it.</summary>
public sealed record SensorEntry
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>ot or enterpriseIot.</summary>
    public SensorType Type { get; init; }

    /// <summary>cloudConnected or locallyManaged.</summary>
    public SensorMode Mode { get; init; }

    /// <summary>Its site.</summary>
    public required string Site { get; init; }

    /// <summary>Its zone.</summary>
    public required string Zone { get; init; }

    /// <summary>Purdue level of its zone.</summary>
    public decimal? PurdueLevel { get; init; }

    /// <summary>Whether threat-intelligence packages go to it as they come.</summary>
    public bool AutomaticThreatIntelligence { get; init; }

    /// <summary>Where it stands in its life.</summary>
    public SensorState State { get; init; }

    /// <summary>When it was onboarded.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was first activated.</summary>
    public DateTimeOffset? ActivatedAt { get; init; }

    /// <summary>When its unused activation file expires.</summary>
    public DateTimeOffset? ActivationExpiresAt { get; init; }

    /// <summary>When its newest certificate ends.</summary>
    public DateTimeOffset? CertificateExpiresAt { get; init; }

    /// <summary>Whether the cloud hears from it.</summary>
    public ConnectionState Connection { get; init; }

    /// <summary>Since when that is so.</summary>
    public DateTimeOffset? ConnectionChangedAt { get; init; }

    /// <summary>When the cloud last heard from it.</summary>
    public DateTimeOffset? LastConnectedAt { get; init; }

    /// <summary>Worst level of <see cref="Messages"/>.</summary>
    public HealthLevel Health { get; init; }

    /// <summary>Its own health messages, and the portal's (Disconnected, Pending activation) before them.</summary>
    public IReadOnlyList<HealthMessage> Messages { get; init; } = [];

    /// <summary>Version of its software.</summary>
    public string? SoftwareVersion { get; init; }

    /// <summary>Threat-intelligence package in use.</summary>
    public string? ThreatIntelligenceVersion { get; init; }

    /// <summary>Ok, InProgress, UpdateAvailable or Failed.</summary>
    public string? ThreatIntelligenceStatus { get; init; }

    /// <summary>Whether it is learning; null before it said.</summary>
    public bool? Learning { get; init; }

    /// <summary>Devices it sees.</summary>
    public long Devices { get; init; }

    /// <summary>Its alerts that are not closed.</summary>
    public long OpenAlerts { get; init; }

    /// <summary>Whether it may also sign in with a SAS token (official Azure IoT clients).</summary>
    public bool HasSymmetricKey { get; init; }
}
