namespace Culvert.Storage;

/// <summary>A logical segment inside a site (IEC 62443).</summary>
public sealed record ZoneEntry
{
    /// <summary>Its name, unique within the site whatever the letter case.</summary>
    public required string Name { get; init; }

    /// <summary>Its Purdue level; null where it was not said.</summary>
    public decimal? PurdueLevel { get; init; }

    /// <summary>Sensors in it.</summary>
    public long Sensors { get; init; }

    /// <summary>Devices its sensors see.</summary>
    public long Devices { get; init; }

    /// <summary>Alerts of its sensors that are not closed.</summary>
    public long OpenAlerts { get; init; }
}
