using System.Net;

namespace Culvert;

/// <summary>A cloud: one that sensors report to, one that holds zones, or both.</summary>
public sealed record SiteCloud
{
    /// <summary>Unique in the site.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is.</summary>
    public CloudKind Kind { get; init; }

    /// <summary>The zone its endpoints stand in; <see cref="SiteZone.Internet"/> when nothing is written.</summary>
    public string Zone { get; init; } = SiteZone.Internet;

    /// <summary>The services that sensors use there, all five, or none when no sensor reports to it.</summary>
    public IReadOnlyList<SiteEndpoint> Endpoints { get; init; } = [];

    /// <summary>Places that a coming software version will need; nothing is opened for them yet.</summary>
    public IReadOnlyList<SiteComingEndpoint> ComingEndpoints { get; init; } = [];

    /// <summary>Its virtual network; null where nothing of ours is in it.</summary>
    public SiteVirtualNetwork? VirtualNetwork { get; init; }
}

/// <summary>A cloud endpoint, and its addresses where they are known and fixed.</summary>
/// <param name="Endpoint">Service, exact host, port.</param>
/// <param name="Addresses">For firewalls that know only addresses, and for private endpoints; empty when names are resolved.</param>
public sealed record SiteEndpoint(CloudEndpoint Endpoint, IReadOnlyList<IPAddress> Addresses);

/// <summary>A cloud endpoint that is not needed yet.</summary>
/// <param name="Endpoint">Service, exact host, port.</param>
/// <param name="NeededFrom">The software version that first needs it.</param>
public sealed record SiteComingEndpoint(CloudEndpoint Endpoint, string NeededFrom);

/// <summary>Kinds of clouds.</summary>
public enum CloudKind
{
    /// <summary>A Culvert portal.</summary>
    Culvert,

    /// <summary>Microsoft Azure.</summary>
    Azure,

    /// <summary>Amazon Web Services.</summary>
    Aws,

    /// <summary>Google Cloud.</summary>
    Google,
}

/// <summary>A virtual network that holds a proxy pool, a gateway, or sensors.</summary>
public sealed record SiteVirtualNetwork
{
    /// <summary>Its name in the cloud.</summary>
    public required string Name { get; init; }

    /// <summary>The cloud's region.</summary>
    public required string Region { get; init; }

    /// <summary>All its addresses.</summary>
    public required IPNetwork AddressSpace { get; init; }

    /// <summary>Where the VPN or ExpressRoute gateway stands; /27 or larger.</summary>
    public IPNetwork? GatewaySubnet { get; init; }

    /// <summary>Where the proxy pool stands; /27 or larger.</summary>
    public IPNetwork? ProxySubnet { get; init; }

    /// <summary>Where Azure Bastion stands, when it is wanted; /26 or larger.</summary>
    public IPNetwork? BastionSubnet { get; init; }
}
