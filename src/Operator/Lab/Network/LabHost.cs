using System.Net;

namespace Culvert.Lab;

/// <summary>One host of the lab: a network namespace.</summary>
public sealed record LabHost
{
    /// <summary>Its name in the site file, or one derived from it; unique, and the namespace's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required LabHostKind Kind { get; init; }

    /// <summary>Whose part it plays, in the site file's words: a sensor's, proxy's, firewall's or cloud's name.</summary>
    public required string Part { get; init; }

    /// <summary>The zone it stands in; of a firewall or gateway, the first.</summary>
    public required string Zone { get; init; }

    /// <summary>Its interfaces.</summary>
    public IReadOnlyList<LabInterface> Interfaces { get; init; } = [];

    /// <summary>Its routes, besides those to its own subnets.</summary>
    public IReadOnlyList<LabRoute> Routes { get; init; } = [];

    /// <summary>The resolvers it asks.</summary>
    public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];

    /// <summary>The number of its first cable in the fabric; further interfaces have the numbers after it.</summary>
    public int FirstCable { get; init; }

    /// <summary>Whether it passes packets on.</summary>
    public bool Forwards => Kind is LabHostKind.Firewall or LabHostKind.Gateway or LabHostKind.Balancer;

    /// <summary>Its first address.</summary>
    public IPAddress Address => Interfaces[0].Addresses[0].Address;

    /// <summary>All its addresses.</summary>
    public IEnumerable<IPAddress> Addresses => Interfaces.SelectMany(i => i.Addresses).Select(a => a.Address);
}
