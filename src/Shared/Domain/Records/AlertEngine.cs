namespace Culvert;

/// <summary>The engine that raised an alert.</summary>
public enum AlertEngine
{
    /// <summary>Traffic that was not learned or is not allowed.</summary>
    PolicyViolation,

    /// <summary>Packets that break their protocol.</summary>
    ProtocolViolation,

    /// <summary>Known malicious traffic.</summary>
    Malware,

    /// <summary>Unusual behaviour: scans, floods, guessing.</summary>
    Anomaly,

    /// <summary>Operational incidents: stops, restarts, devices that do not answer.</summary>
    Operational,
}
