using System.Net;

namespace Culvert;

/// <summary>A private way from a zone to a cloud's virtual network.</summary>
public sealed record SitePrivateLink
{
    /// <summary>Unique among the site's links.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public PrivateLinkKind Kind { get; init; }

    /// <summary>The zone at the near end: on the premises, or in another cloud.</summary>
    public required string From { get; init; }

    /// <summary>The cloud at the far end.</summary>
    public required string To { get; init; }

    /// <summary>Lower is preferred, where several join the same ends.</summary>
    public int Priority { get; init; }

    /// <summary>The near gateway's address outside the link.</summary>
    public IPAddress? FromGateway { get; init; }

    /// <summary>The far gateway's address outside the link.</summary>
    public IPAddress? ToGateway { get; init; }

    /// <summary>The near end's second gateway address, for a second tunnel; null where the near end has one gateway.</summary>
    public IPAddress? SecondFromGateway { get; init; }

    /// <summary>The far end's second gateway address, for a second tunnel; null where the far end has one gateway.</summary>
    public IPAddress? SecondToGateway { get; init; }

    /// <summary>A VPN's tunnels by the gateways they join: none while a gateway is not known, two where either end has a second one.</summary>
    public IReadOnlyList<SiteVpnTunnel> Tunnels =>
        FromGateway is null || ToGateway is null ? []
        : SecondFromGateway is null && SecondToGateway is null ? [new(FromGateway, ToGateway)]
        : [new(FromGateway, ToGateway), new(SecondFromGateway ?? FromGateway, SecondToGateway ?? ToGateway)];

    /// <summary>A VPN's shared key, by reference.</summary>
    public SecretReference? PreSharedKey { get; init; }

    /// <summary>Routing by BGP; null means static routes.</summary>
    public SiteBgp? Bgp { get; init; }

    /// <summary>What it carries, in Mbit/s.</summary>
    public int? BandwidthMbps { get; init; }
}

/// <summary>One tunnel of a VPN.</summary>
/// <param name="From">The near gateway's address outside the tunnel.</param>
/// <param name="To">The far gateway's address outside the tunnel.</param>
public sealed record SiteVpnTunnel(IPAddress From, IPAddress To);

/// <summary>The BGP parameters of a link.</summary>
public sealed record SiteBgp
{
    /// <summary>The near end's autonomous system.</summary>
    public required long FromAsn { get; init; }

    /// <summary>The far end's autonomous system; Microsoft's edge is 12076, a virtual network gateway 65515 by default.</summary>
    public required long ToAsn { get; init; }

    /// <summary>The first peering's /30: the near end has its first address, the far end its second.</summary>
    public required IPNetwork Primary { get; init; }

    /// <summary>The second peering's /30, over another path.</summary>
    public IPNetwork? Secondary { get; init; }

    /// <summary>The VLAN of an ExpressRoute peering.</summary>
    public int? VlanId { get; init; }

    /// <summary>Whether bidirectional forwarding detection (RFC 5880) finds a dead path within a second.</summary>
    public bool Bfd { get; init; }
}

/// <summary>Kinds of private links.</summary>
public enum PrivateLinkKind
{
    /// <summary>A site-to-site IPsec VPN over the internet.</summary>
    Vpn,

    /// <summary>ExpressRoute whose routers the customer owns and runs.</summary>
    ExpressRouteOwnRouters,

    /// <summary>ExpressRoute through a cloud exchange provider.</summary>
    ExpressRouteExchange,
}
