using System.Net;

namespace Culvert.Lab;

/// <summary>One of the ways of a private link.</summary>
public sealed record LabPath
{
    /// <summary>What people call it: <c>LINK-primary</c>, <c>LINK-tunnel-2</c>; the link's name where it is the only one.</summary>
    public required string Name { get; init; }

    /// <summary>The segment that a peering runs over; null for a tunnel.</summary>
    public string? Segment { get; init; }

    /// <summary>The gateways' outer addresses that a tunnel joins; null for a peering.</summary>
    public SiteVpnTunnel? Tunnel { get; init; }

    /// <summary>The name of the interface that leads into it, at both gateways; null where selectors alone decide what a tunnel takes.</summary>
    public string? Device { get; init; }

    /// <summary>The near gateway's address on the path itself, where its BGP speaks; null as <see cref="Device"/>.</summary>
    public LabAddress? NearInner { get; init; }

    /// <summary>The far gateway's.</summary>
    public LabAddress? FarInner { get; init; }

    /// <summary>The near gateway's address between which and <see cref="FarCarrier"/> a routed tunnel carries everything; null otherwise.</summary>
    public IPAddress? NearCarrier { get; init; }

    /// <summary>The far gateway's.</summary>
    public IPAddress? FarCarrier { get; init; }

    /// <summary>Which of all routed tunnels of the lab it is, from 0.</summary>
    public int Number { get; init; }
}
