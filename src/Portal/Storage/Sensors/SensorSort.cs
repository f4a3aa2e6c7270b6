namespace Culvert.Storage;

/// <summary>Column by which sensors are ordered.</summary>
public enum SensorSort
{
    /// <summary>By site, then zone, then name.</summary>
    Site,

    /// <summary>By name.</summary>
    Name,

    /// <summary>By zone.</summary>
    Zone,

    /// <summary>By software version.</summary>
    SoftwareVersion,

    /// <summary>By when the cloud last heard from it.</summary>
    LastConnected,
}
