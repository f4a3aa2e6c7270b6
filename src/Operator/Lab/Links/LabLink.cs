using System.Net;

namespace Culvert.Lab;

/// <summary>A private link between two gateways of the lab.</summary>
/// <param name="Link">The link of the site file.</param>
/// <param name="Near">The gateway at the near end.</param>
/// <param name="Far">The gateway at the far end.</param>
/// <param name="NearNetworks">What lies behind the near end.</param>
/// <param name="FarNetworks">What lies behind the far end.</param>
/// <param name="Paths">Its ways, the preferred one first: a peering's primary and secondary, or a VPN's tunnels.</param>
public sealed record LabLink(
    SitePrivateLink Link, string Near, string Far, IReadOnlyList<IPNetwork> NearNetworks, IReadOnlyList<IPNetwork> FarNetworks, IReadOnlyList<LabPath> Paths)
{
    /// <summary>Whether it is a VPN.</summary>
    public bool IsVpn => Link.Kind == PrivateLinkKind.Vpn;

    /// <summary>Whether its tunnels are interfaces that routes lead into; one tunnel with static routes is a pair of selectors and no more.</summary>
    public bool IsRouted => IsVpn && (Link.Bgp is not null || Link.Tunnels.Count > 1);

    /// <summary>The gateway at the other end.</summary>
    public string Other(string gateway) => gateway == Near ? Far : Near;
}
