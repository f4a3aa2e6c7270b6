namespace Culvert.Analysis;

/// <summary>Every alert that this sensor can raise. Titles and categories follow Defender for IoT's alert reference; techniques are of MITRE ATT&amp;CK for ICS.</summary>
public static class AlertCatalogue
{
    /// <summary>A device that was not seen while learning.</summary>
    public static readonly AlertType NewAsset =
        new("new-asset-detected", "New Asset Detected", AlertEngine.PolicyViolation, AlertSeverity.Major, "Discovery", true, "T0842");

    /// <summary>A Modbus function that was not seen between these two while learning.</summary>
    public static readonly AlertType UnpermittedModbusFunction =
        new("unpermitted-modbus-function", "Unpermitted Usage of Modbus Function Code", AlertEngine.PolicyViolation, AlertSeverity.Major, "Unauthorized Communication Behavior", true, "T0855");

    /// <summary>A Modbus address that was not seen between these two while learning.</summary>
    public static readonly AlertType ModbusAddressRange =
        new("modbus-address-range-violation", "Modbus Address Range Violation", AlertEngine.PolicyViolation, AlertSeverity.Major, "Unauthorized Communication Behavior", true, "T0855", "T0836");

    /// <summary>An OT device talks to a public address.</summary>
    public static readonly AlertType InternetConnectivity =
        new("unauthorized-internet-connectivity", "Unauthorized Internet Connectivity Detected", AlertEngine.PolicyViolation, AlertSeverity.Major, "Internet Access", true, "T0883");

    /// <summary>A program is loaded into a controller.</summary>
    public static readonly AlertType PlcProgramming =
        new("unauthorized-plc-programming", "Unauthorized PLC Programming", AlertEngine.PolicyViolation, AlertSeverity.Critical, "Programming", true, "T0843", "T0889");

    /// <summary>A Modbus request that breaks the rules of its function.</summary>
    public static readonly AlertType IllegalModbusOperation =
        new("illegal-modbus-operation", "Illegal MODBUS Operation", AlertEngine.ProtocolViolation, AlertSeverity.Major, "Illegal commands", false, "T0855");

    /// <summary>Bytes on a Modbus conversation that are no Modbus.</summary>
    public static readonly AlertType MalformedModbus =
        new("malformed-modbus-message", "Malformed MODBUS Message", AlertEngine.ProtocolViolation, AlertSeverity.Minor, "Illegal commands", false, "T0855");

    /// <summary>An answer whose function is not that of its request.</summary>
    public static readonly AlertType ModbusAnswerMismatch =
        new("modbus-answer-mismatch", "MODBUS Answer Does Not Match Its Request", AlertEngine.ProtocolViolation, AlertSeverity.Minor, "Illegal commands", false, "T0856");

    /// <summary>A connection to an address that threat intelligence lists.</summary>
    public static readonly AlertType MaliciousAddress =
        new("malicious-address", "Connection Attempt to Known Malicious IP", AlertEngine.Malware, AlertSeverity.Critical, "Suspicion of malicious activity", false, "T0883");

    /// <summary>A question for a domain that threat intelligence lists.</summary>
    public static readonly AlertType MaliciousDomain =
        new("malicious-domain", "Malicious Domain Name Request", AlertEngine.Malware, AlertSeverity.Critical, "Suspicion of malicious activity", false, "T0884");

    /// <summary>A payload that threat intelligence knows.</summary>
    public static readonly AlertType MalwarePayload =
        new("malware-payload", "Suspicion of Malware in Traffic", AlertEngine.Malware, AlertSeverity.Critical, "Suspicion of Malware", false, "T0863");

    /// <summary>The harmless test file of EICAR.</summary>
    public static readonly AlertType Eicar =
        new("eicar-test-file", "Malware Test File Detected - EICAR AV Success", AlertEngine.Malware, AlertSeverity.Critical, "Suspicion of Malware", false, "T0863");

    /// <summary>Many ports of one device: 25 in two minutes.</summary>
    public static readonly AlertType PortScan =
        new("port-scan", "Port Scan Detected", AlertEngine.Anomaly, AlertSeverity.Critical, "Scan", true, "T0846");

    /// <summary>Many addresses of one network: 50 of a /16 in two minutes.</summary>
    public static readonly AlertType AddressScan =
        new("address-scan", "Address Scan Detected", AlertEngine.Anomaly, AlertSeverity.Critical, "Scan", true, "T0846");

    /// <summary>Two MAC addresses say that one IP address is theirs.</summary>
    public static readonly AlertType AddressConflict =
        new("arp-spoofing", "ARP Spoofing", AlertEngine.Anomaly, AlertSeverity.Major, "Unauthorized Communication Behavior", true, "T0830");

    /// <summary>A device sends ARP answers that nobody asked for, in masses.</summary>
    public static readonly AlertType ArpFlood =
        new("abnormal-arp-replies", "Excessive Unsolicited ARP Replies", AlertEngine.Anomaly, AlertSeverity.Major, "Abnormal Communication Behavior", true, "T0830", "T0814");

    /// <summary>A controller is told to stop.</summary>
    public static readonly AlertType ControllerStop =
        new("controller-stop", "Controller Stop", AlertEngine.Operational, AlertSeverity.Major, "Restart/Stop Commands", true, "T0858", "T0881");

    /// <summary>A controller is told to restart.</summary>
    public static readonly AlertType ControllerRestart =
        new("controller-restart", "Controller Reset", AlertEngine.Operational, AlertSeverity.Minor, "Restart/Stop Commands", true, "T0816");

    /// <summary>A Modbus server is told to fall silent.</summary>
    public static readonly AlertType ForceListenOnly =
        new("modbus-force-listen-only", "Modbus Device Forced into Listen Only Mode", AlertEngine.Operational, AlertSeverity.Critical, "Restart/Stop Commands", true, "T0814");

    /// <summary>A Modbus server answered with an exception.</summary>
    public static readonly AlertType ModbusException =
        new("modbus-exception", "Modbus Exception", AlertEngine.Operational, AlertSeverity.Warning, "Command Failures", true);

    /// <summary>A device does not answer: 8 attempts in five minutes.</summary>
    public static readonly AlertType Disconnected =
        new("device-suspected-disconnected", "Device is Suspected to be Disconnected (Unresponsive)", AlertEngine.Operational, AlertSeverity.Minor, "Unresponsive", true);

    /// <summary>All of them, in the order of engines.</summary>
    public static IReadOnlyList<AlertType> All { get; } =
    [
        NewAsset, UnpermittedModbusFunction, ModbusAddressRange, InternetConnectivity, PlcProgramming,
        IllegalModbusOperation, MalformedModbus, ModbusAnswerMismatch,
        MaliciousAddress, MaliciousDomain, MalwarePayload, Eicar,
        PortScan, AddressScan, AddressConflict, ArpFlood,
        ControllerStop, ControllerRestart, ForceListenOnly, ModbusException, Disconnected,
    ];
}
