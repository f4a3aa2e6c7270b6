namespace Culvert.Storage;

/// <summary>A sensor to be onboarded, with the token of its first activation file.</summary>
public sealed record NewSensor
{
    /// <summary>Its name.</summary>
    public required SensorId Name { get; init; }

    /// <summary>ot or enterpriseIot.</summary>
    public SensorType Type { get; init; }

    /// <summary>cloudConnected or locallyManaged.</summary>
    public SensorMode Mode { get; init; }

    /// <summary>Its site; must be there.</summary>
    public required string Site { get; init; }

    /// <summary>Its zone; must be there.</summary>
    public required string Zone { get; init; }

    /// <summary>Whether threat-intelligence packages go to it as they come.</summary>
    public bool AutomaticThreatIntelligence { get; init; }

    /// <summary>SHA-256 of the enrolment token.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the token expires.</summary>
    public required DateTimeOffset TokenExpiresAt { get; init; }
}
