namespace Culvert.Storage;

/// <summary>What a <see cref="Change"/> is about.</summary>
public enum ChangeKind
{
    /// <summary>Sites or zones.</summary>
    Sites,

    /// <summary>A sensor's entry, state or connection.</summary>
    Sensor,

    /// <summary>A sensor's health.</summary>
    Health,

    /// <summary>A sensor's devices.</summary>
    Devices,

    /// <summary>A sensor's alerts.</summary>
    Alerts,

    /// <summary>A sensor's traffic.</summary>
    Traffic,

    /// <summary>A sensor's twin.</summary>
    Twin,

    /// <summary>Packages.</summary>
    Packages,

    /// <summary>A report of a sensor's check.</summary>
    Checks,

    /// <summary>Users or tokens.</summary>
    Users,
}
