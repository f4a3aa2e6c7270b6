using System.Net;

namespace Culvert;

/// <summary>A logical segment of the site, or of a cloud; the identity boundary of a device.</summary>
public sealed record SiteZone
{
    /// <summary>The name of the zone that every site borders on without writing it: the public internet.</summary>
    public const string Internet = "internet";

    /// <summary>Unique in the site.</summary>
    public required string Name { get; init; }

    /// <summary>Its level; null only for a zone in a cloud.</summary>
    public PurdueLevel? PurdueLevel { get; init; }

    /// <summary>The cloud it lies in; null on the premises.</summary>
    public string? Cloud { get; init; }

    /// <summary>Its networks.</summary>
    public IReadOnlyList<IPNetwork> Subnets { get; init; } = [];

    /// <summary>The resolvers that its hosts ask; empty where names need not be resolved.</summary>
    public IReadOnlyList<IPAddress> DnsServers { get; init; } = [];

    /// <summary>The time servers that its hosts ask.</summary>
    public IReadOnlyList<IPAddress> NtpServers { get; init; } = [];

    /// <summary>For comparing heights: the level, and above all levels for a cloud.</summary>
    public decimal Height => PurdueLevel?.Value ?? 6;

    /// <summary>Whether the address lies in one of the networks.</summary>
    public bool Contains(IPAddress address) => Subnets.Any(s => s.Contains(address));
}
