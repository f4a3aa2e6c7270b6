namespace Culvert;

/// <summary>Answers to the questions that choose a connection method; null means not asked yet.</summary>
public sealed record SiteRequirements
{
    /// <summary>Traffic between sensors and cloud must stay on private addresses.</summary>
    public bool? PrivateConnectivity { get; init; }

    /// <summary>A proxy is needed to leave the OT network.</summary>
    public bool? ProxyToLeaveOt { get; init; }

    /// <summary>Many sensors leave through a single point.</summary>
    public bool? SinglePoint { get; init; }

    /// <summary>Throughput must be predictable.</summary>
    public bool? PredictableThroughput { get; init; }

    /// <summary>A service-level agreement is needed for the connection.</summary>
    public bool? ServiceLevelAgreement { get; init; }

    /// <summary>Much data is to be moved.</summary>
    public bool? HighVolume { get; init; }

    /// <summary>The public internet is to be avoided.</summary>
    public bool? AvoidInternet { get; init; }

    /// <summary>We want to own and run the routers of a private peering.</summary>
    public bool? OwnRouters { get; init; }
}
