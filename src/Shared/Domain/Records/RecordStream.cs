namespace Culvert;

/// <summary>A numbered sequence of records of one sensor. The order of the members is the order in which the outbox sends, and the reverse of the order in which it drops when full.</summary>
public enum RecordStream
{
    /// <summary>Alerts.</summary>
    Alerts,

    /// <summary>Health messages.</summary>
    Health,

    /// <summary>Device inventory.</summary>
    Inventory,

    /// <summary>Traffic statistics.</summary>
    Traffic,

    /// <summary>Notices of evidence captures; their content goes to blob storage.</summary>
    Evidence,
}
