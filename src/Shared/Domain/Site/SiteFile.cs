namespace Culvert;

/// <summary>One site, described once: everything else (rules, proxy configurations, the lab's network, what to check) is derived from it.</summary>
/// <remarks>Immutable and checked: every name that another part refers to exists.</remarks>
public sealed record SiteFile
{
    /// <summary>The site's name, unique among sites.</summary>
    public required string Name { get; init; }

    /// <summary>What people call it.</summary>
    public required string DisplayName { get; init; }

    /// <summary>What the site needs of its connection, as far as the rest of the file does not say it.</summary>
    public SiteRequirements Requirements { get; init; } = new();

    /// <summary>The zones, in the order written.</summary>
    public IReadOnlyList<SiteZone> Zones { get; init; } = [];

    /// <summary>The sensors, in the order written.</summary>
    public IReadOnlyList<SiteSensor> Sensors { get; init; } = [];

    /// <summary>The proxies, in the order written.</summary>
    public IReadOnlyList<SiteProxy> Proxies { get; init; } = [];

    /// <summary>What stands between zones.</summary>
    public IReadOnlyList<SiteFirewall> Firewalls { get; init; } = [];

    /// <summary>Private ways to a cloud.</summary>
    public IReadOnlyList<SitePrivateLink> PrivateLinks { get; init; } = [];

    /// <summary>The clouds: those that sensors report to and those that hold zones.</summary>
    public IReadOnlyList<SiteCloud> Clouds { get; init; } = [];

    /// <summary>The zone of this name. Throws <see cref="KeyNotFoundException"/> when there is none.</summary>
    public SiteZone Zone(string name) => Find(Zones, z => z.Name == name, name);

    /// <summary>The proxy of this name. Throws <see cref="KeyNotFoundException"/> when there is none.</summary>
    public SiteProxy Proxy(string name) => Find(Proxies, p => p.Name == name, name);

    /// <summary>The cloud of this name. Throws <see cref="KeyNotFoundException"/> when there is none.</summary>
    public SiteCloud Cloud(string name) => Find(Clouds, c => c.Name == name, name);

    private static T Find<T>(IReadOnlyList<T> items, Func<T, bool> isMeant, string name) =>
        items.FirstOrDefault(isMeant) ?? throw new KeyNotFoundException($"The site file names no '{name}'.");
}
