namespace Culvert.Lab;

/// <summary>The whole network of a lab, as it is to be built.</summary>
public sealed record LabNetwork
{
    /// <summary>The site as the lab plays it: every firewall an nftables one, every cloud endpoint with an address.</summary>
    public required SiteFile Site { get; init; }

    /// <summary>The segments: one for each zone, the internet, and one for each path of a private peering.</summary>
    public required IReadOnlyList<string> Segments { get; init; }

    /// <summary>The hosts, in a fixed order.</summary>
    public required IReadOnlyList<LabHost> Hosts { get; init; }

    /// <summary>The private links, with the gateways at their ends.</summary>
    public required IReadOnlyList<LabLink> Links { get; init; }

    /// <summary>The host of this name. Throws <see cref="KeyNotFoundException"/> when there is none.</summary>
    public LabHost Host(string name) =>
        Hosts.FirstOrDefault(h => h.Name == name) ?? throw new KeyNotFoundException($"The lab has no host '{name}'; its hosts: {string.Join(", ", Hosts.Select(h => h.Name))}.");
}
