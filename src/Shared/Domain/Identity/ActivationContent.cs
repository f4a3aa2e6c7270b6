namespace Culvert;

/// <summary>What an activation file says.</summary>
public sealed record ActivationContent
{
    /// <summary>Version of this form; 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The sensor it is for.</summary>
    public required string Sensor { get; init; }

    /// <summary>ot or enterpriseIot.</summary>
    public SensorType Type { get; init; }

    /// <summary>cloudConnected or locallyManaged.</summary>
    public SensorMode Mode { get; init; }

    /// <summary>Its site.</summary>
    public required string Site { get; init; }

    /// <summary>Its zone.</summary>
    public required string Zone { get; init; }

    /// <summary>Whether threat-intelligence packages are applied as they come.</summary>
    public bool AutomaticThreatIntelligence { get; init; }

    /// <summary>The exact cloud endpoints, all five services.</summary>
    public required IReadOnlyList<CloudEndpointEntry> Endpoints { get; init; }

    /// <summary>PEM of the CA certificates that sign the cloud endpoints' certificates.</summary>
    public required string TrustPem { get; init; }

    /// <summary>PEM of the public key that signs packages.</summary>
    public required string PackageSigningKeyPem { get; init; }

    /// <summary>One-time secret that buys the client certificate.</summary>
    public required string EnrolmentToken { get; init; }

    /// <summary>When it was made, by the cloud's clock.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it expires if unused: 14 days after <see cref="IssuedAt"/>.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
