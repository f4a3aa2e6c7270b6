namespace Culvert.Planning;

/// <summary>Answers to the questions that choose a connection method.</summary>
public sealed record MethodAnswers
{
    /// <summary>Sensors stand in several public clouds, or in another one than they report to.</summary>
    public bool SeveralClouds { get; init; }

    /// <summary>Data must be exchanged over private addresses.</summary>
    public bool PrivateConnectivity { get; init; }

    /// <summary>The site is on ExpressRoute.</summary>
    public bool ExpressRoute { get; init; }

    /// <summary>The site is on a VPN to the cloud.</summary>
    public bool Vpn { get; init; }

    /// <summary>A proxy is needed to leave the OT network.</summary>
    public bool ProxyToLeaveOt { get; init; }

    /// <summary>Many sensors leave through a single point.</summary>
    public bool SinglePoint { get; init; }

    /// <summary>Throughput must be predictable.</summary>
    public bool PredictableThroughput { get; init; }

    /// <summary>A service-level agreement is needed.</summary>
    public bool ServiceLevelAgreement { get; init; }

    /// <summary>Much data is moved.</summary>
    public bool HighVolume { get; init; }

    /// <summary>The public internet is to be avoided.</summary>
    public bool AvoidInternet { get; init; }

    /// <summary>We want to own and run the routers.</summary>
    public bool OwnRouters { get; init; }

    /// <summary>What a site file says, with what it writes under requirements first and what its links and places show otherwise.</summary>
    public static MethodAnswers Of(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var r = site.Requirements;
        var onPremises = site.PrivateLinks.Where(l => site.Zone(l.From).Cloud is null).ToList();
        return new MethodAnswers
        {
            SeveralClouds = site.Sensors.Any(s => site.Zone(s.Zone).Cloud is { } cloud && cloud != s.Cloud),
            PrivateConnectivity = r.PrivateConnectivity ?? false,
            ExpressRoute = onPremises.Any(l => l.Kind != PrivateLinkKind.Vpn),
            Vpn = onPremises.Any(l => l.Kind == PrivateLinkKind.Vpn),
            ProxyToLeaveOt = r.ProxyToLeaveOt ?? site.Proxies.Any(p => site.Zone(p.Zone).Cloud is null),
            SinglePoint = r.SinglePoint ?? false,
            PredictableThroughput = r.PredictableThroughput ?? false,
            ServiceLevelAgreement = r.ServiceLevelAgreement ?? false,
            HighVolume = r.HighVolume ?? false,
            AvoidInternet = r.AvoidInternet ?? false,
            OwnRouters = r.OwnRouters ?? site.PrivateLinks.Any(l => l.Kind == PrivateLinkKind.ExpressRouteOwnRouters),
        };
    }
}
