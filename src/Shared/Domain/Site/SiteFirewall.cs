namespace Culvert;

/// <summary>What stands, and alone routes, between zones.</summary>
public sealed record SiteFirewall
{
    /// <summary>Unique among the site's hosts.</summary>
    public required string Name { get; init; }

    /// <summary>What it is; decides the form of its rules.</summary>
    public FirewallKind Kind { get; init; }

    /// <summary>The zones it joins, two or more; <see cref="SiteZone.Internet"/> is one of them where it leads outside.</summary>
    public IReadOnlyList<SiteFirewallSide> Sides { get; init; } = [];

    /// <summary>Whether the zone is one of its sides.</summary>
    public bool Joins(string zone) => Sides.Any(s => s.Zone == zone);
}

/// <summary>One side of a firewall.</summary>
/// <param name="Zone">The zone there.</param>
/// <param name="Interface">The firewall's interface, or zone of its own, towards it; the zone's name when nothing is written.</param>
public sealed record SiteFirewallSide(string Zone, string Interface);

/// <summary>The forms of rules that planning writes.</summary>
public enum FirewallKind
{
    /// <summary>Linux nftables.</summary>
    Nftables,

    /// <summary>Linux iptables.</summary>
    Iptables,

    /// <summary>Cisco ASA.</summary>
    CiscoAsa,

    /// <summary>Fortinet FortiGate.</summary>
    FortiGate,

    /// <summary>Palo Alto PAN-OS.</summary>
    PaloAlto,

    /// <summary>An Azure network security group.</summary>
    AzureNsg,

    /// <summary>Something else: a table for a change request.</summary>
    Other,
}
