namespace Culvert;

/// <summary>The whole state of one device as its sensor knows it now; a later record of the same key replaces an earlier one.</summary>
/// <remarks>Columns: the device inventory of Defender for IoT; null means not known.</remarks>
public sealed record DeviceRecord
{
    /// <summary>Identity within the sensor's zone, stable over restarts: made from zone, MAC and IP address.</summary>
    public required string Key { get; init; }

    /// <summary>The zone it was seen in: the identity boundary.</summary>
    public required string Zone { get; init; }

    /// <summary>Its name, seen on the wire or made from vendor and address.</summary>
    public required string Name { get; init; }

    /// <summary>48-bit address as <c>00:11:22:33:44:55</c>; null where it is behind a router or the link has none.</summary>
    public string? MacAddress { get; init; }

    /// <summary>IPv4 addresses, the first seen first.</summary>
    public IReadOnlyList<string> IPv4Addresses { get; init => field = value ?? []; } = [];

    /// <summary>IPv6 addresses, the first seen first.</summary>
    public IReadOnlyList<string> IPv6Addresses { get; init => field = value ?? []; } = [];

    /// <summary>Maker: from the device's own identification, else from the IEEE registry by its MAC address.</summary>
    public string? Vendor { get; init; }

    /// <summary>PLC, HMI, Engineering station, Historian, Switch, Server, Workstation, Miscellaneous ...</summary>
    public string Type { get; init => field = value ?? "Miscellaneous"; } = "Miscellaneous";

    /// <summary>Model or order number.</summary>
    public string? Model { get; init; }

    /// <summary>Serial number.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>Firmware version.</summary>
    public string? FirmwareVersion { get; init; }

    /// <summary>Operating system.</summary>
    public string? OsPlatform { get; init; }

    /// <summary>Protocols seen, each with the device's role in it, ordered by name.</summary>
    public IReadOnlyList<DeviceProtocol> Protocols { get; init => field = value ?? []; } = [];

    /// <summary>VLAN ids seen, ordered.</summary>
    public IReadOnlyList<int> Vlans { get; init => field = value ?? []; } = [];

    /// <summary>Purdue level, where it could be told.</summary>
    public decimal? PurdueLevel { get; init; }

    /// <summary>Seen while learning, or authorized by a person.</summary>
    public bool Authorized { get; init; }

    /// <summary>It wrote programs or configurations to controllers.</summary>
    public bool ProgrammingDevice { get; init; }

    /// <summary>It scanned others.</summary>
    public bool Scanner { get; init; }

    /// <summary>Local or routed, seen from the mirror port.</summary>
    public string? NetworkLocation { get; init; }

    /// <summary>First frame, in the capture's time.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>Last frame, in the capture's time.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Frames sent by it.</summary>
    public long FramesSent { get; init; }

    /// <summary>Bytes sent by it, on the wire.</summary>
    public long BytesSent { get; init; }
}
