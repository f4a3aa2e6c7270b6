using System.Collections.Frozen;
using System.Net;

namespace Culvert.Relaying;

/// <summary>What one proxy is told: immutable, and exchanged as a whole when the settings are read again.</summary>
public sealed record RelaySettings
{
    /// <summary>The proxy's name in Via and Proxy-Status.</summary>
    public required string Name { get; init; }

    /// <summary>Levels, loops and hops.</summary>
    public LevelPolicy Levels { get; init; } = new();

    /// <summary>The destinations allowed, each one exact.</summary>
    public required IReadOnlyList<HostPort> Allow { get; init; }

    /// <summary>The networks allowed to ask; empty allows nobody.</summary>
    public IReadOnlyList<IPNetwork> Sources { get; init; } = [];

    /// <summary>The Purdue levels of source networks; the first that holds an address counts.</summary>
    public IReadOnlyList<SourceLevel> SourceLevels { get; init; } = [];

    /// <summary>Who may ask; empty asks for no credentials.</summary>
    public IReadOnlyList<ClientIdentity> Identities { get; init; } = [];

    /// <summary>Everything is passed on to them where there are any.</summary>
    public IReadOnlyList<ParentSettings> Parents { get; init; } = [];

    /// <summary>Static addresses of names, in lower case.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Hosts { get; init; } = FrozenDictionary<string, IReadOnlyList<IPAddress>>.Empty;

    /// <summary>Special addresses that are allowed as destinations nevertheless.</summary>
    public IReadOnlyList<IPNetwork> PrivateDestinations { get; init; } = [];

    /// <summary>The limits.</summary>
    public RelayLimits Limits { get; init; } = new();
}
