namespace Culvert.Analysis;

/// <summary>Makes the record of a device as it is known now.</summary>
internal static class DeviceRecords
{
    private static readonly ProtocolId[] ByName = [.. Enum.GetValues<ProtocolId>().Where(p => p != ProtocolId.None).OrderBy(ProtocolNames.Of, StringComparer.Ordinal)];

    public static DeviceRecord Of(Device device, string zone)
    {
        var shown = device.Routed ? default : device.Mac;
        var vendor = device.Vendor ?? VendorRegistry.Find(shown);
        return new DeviceRecord
        {
            Key = device.Key,
            Zone = zone,
            Name = device.Name ?? NameOf(device),
            MacAddress = shown.IsNone ? null : shown.ToString(),
            IPv4Addresses = [.. device.Addresses.Where(a => a.IsV4).Select(a => a.ToString())],
            IPv6Addresses = [.. device.Addresses.Where(a => !a.IsV4).Select(a => a.ToString())],
            Vendor = vendor,
            Type = device.Type ?? TypeOf(device),
            Model = device.Model,
            SerialNumber = device.SerialNumber,
            FirmwareVersion = device.Firmware,
            OsPlatform = device.OsPlatform,
            Protocols = [.. Protocols(device)],
            Vlans = [.. device.Vlans],
            PurdueLevel = LevelOf(device),
            Authorized = device.Authorized,
            ProgrammingDevice = device.Programming,
            Scanner = device.Scanner,
            NetworkLocation = device.Routed ? "routed" : device.Mac.IsNone ? null : "local",
            FirstSeen = At(device.FirstTicks),
            LastSeen = At(device.LastTicks),
            FramesSent = device.Frames,
            BytesSent = device.Bytes,
        };
    }

    public static DateTimeOffset At(long ticks) => new(Math.Clamp(ticks, DateTime.UnixEpoch.Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero);

    private static string NameOf(Device device) => device.Address.Value != 0 ? device.Address.ToString() : device.Mac.ToString();

    private static IEnumerable<DeviceProtocol> Protocols(Device device)
    {
        foreach (var protocol in ByName)
        {
            foreach (var role in (Role[])[Role.Client, Role.Server, Role.Peer, Role.Publisher])
            {
                if (device.Has(protocol, role))
                {
                    yield return new DeviceProtocol(ProtocolNames.Of(protocol), role.ToString().ToLowerInvariant());
                }
            }
        }
    }

    private static bool ServesOt(Device device) => device.HasAny(ProtocolNames.IsOt, Role.Server) || device.HasAny(ProtocolNames.IsOt, Role.Publisher);

    private static bool AsksOt(Device device) => device.HasAny(ProtocolNames.IsOt, Role.Client);

    private static string TypeOf(Device device)
    {
        if (device.Programming)
        {
            return "Engineering Station";
        }

        return (ServesOt(device), AsksOt(device)) switch
        {
            (true, _) => "PLC",
            (false, true) => "HMI",
            _ when device.Has(ProtocolId.Stp, Role.Peer) => "Switch",
            _ when device.HasAny(p => p is ProtocolId.Http or ProtocolId.Smb or ProtocolId.Dns or ProtocolId.Dhcp or ProtocolId.Tds, Role.Server) => "Server",
            _ => "Miscellaneous",
        };
    }

    // Controllers stand at level 1, those that ask them at level 2; of the rest nothing is known.
    private static decimal? LevelOf(Device device) => ServesOt(device) ? 1m : AsksOt(device) ? 2m : null;
}
