namespace Culvert.PortalHost;

/// <summary>A sensor to be onboarded.</summary>
public sealed record OnboardingRequest
{
    /// <summary>Its name: 1 to 128 letters, digits, '-', '.' or '_'.</summary>
    public required string Name { get; init; }

    /// <summary>ot or enterpriseIot.</summary>
    public SensorType Type { get; init; }

    /// <summary>cloudConnected or locallyManaged.</summary>
    public SensorMode Mode { get; init; }

    /// <summary>Its site.</summary>
    public required string Site { get; init; }

    /// <summary>Its zone.</summary>
    public required string Zone { get; init; }

    /// <summary>Purdue level of the zone, where the zone is made by this.</summary>
    public string? PurdueLevel { get; init; }

    /// <summary>Makes site and zone when they are not there.</summary>
    public bool CreatePlace { get; init; }

    /// <summary>Whether threat-intelligence packages go to it as they come.</summary>
    public bool AutomaticThreatIntelligence { get; init; } = true;
}
