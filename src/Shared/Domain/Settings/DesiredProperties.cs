namespace Culvert;

/// <summary>What the cloud wants of a sensor: the desired part of its twin. Null members are not managed from the cloud.</summary>
public sealed record DesiredProperties
{
    /// <summary>Outbound cap in kbit/s, at least 350.</summary>
    public int? BandwidthCapKbps { get; init; }

    /// <summary>Seconds between health messages, 5 to 3600.</summary>
    public int? HeartbeatSeconds { get; init; }

    /// <summary>Learning (true) or operational (false).</summary>
    public bool? Learning { get; init; }

    /// <summary>The threat-intelligence package to have; null for none.</summary>
    public DesiredPackage? ThreatIntelligence { get; init; }
}
