namespace Culvert.Storage;

/// <summary>Column by which devices are ordered.</summary>
public enum DeviceSort
{
    /// <summary>By name.</summary>
    Name,

    /// <summary>By type.</summary>
    Type,

    /// <summary>By vendor.</summary>
    Vendor,

    /// <summary>By site.</summary>
    Site,

    /// <summary>By zone.</summary>
    Zone,

    /// <summary>By Purdue level.</summary>
    PurdueLevel,

    /// <summary>By first seen.</summary>
    FirstSeen,

    /// <summary>By last seen.</summary>
    LastSeen,
}
