namespace Culvert.Configuration;

/// <summary>A part of the model with the group of fields it was written as, so that a mistake has a line.</summary>
internal sealed record Written<T>(SettingsMapping At, T Part);

/// <summary>All parts of a site file.</summary>
internal sealed record SiteParts
{
    public required SiteRequirements Requirements { get; init; }

    public required IReadOnlyList<Written<SiteCloud>> Clouds { get; init; }

    public required IReadOnlyList<Written<SiteZone>> Zones { get; init; }

    public required IReadOnlyList<Written<SiteProxy>> Proxies { get; init; }

    public required IReadOnlyList<Written<SiteSensor>> Sensors { get; init; }

    public required IReadOnlyList<Written<SiteFirewall>> Firewalls { get; init; }

    public required IReadOnlyList<Written<SitePrivateLink>> PrivateLinks { get; init; }
}
