namespace Culvert.Analysis;

/// <summary>The names of protocols as people and records see them.</summary>
internal static class ProtocolNames
{
    private static readonly string[] Names = Build();

    public static string Of(ProtocolId protocol) => Names[(int)protocol];

    /// <summary>Whether the protocol belongs to operational technology: it makes a device an OT device, and focused alerts fire for it.</summary>
    public static bool IsOt(ProtocolId protocol) => protocol is >= ProtocolId.Modbus and not (ProtocolId.Cotp or ProtocolId.Rtps);

    private static string[] Build()
    {
        var names = Enum.GetValues<ProtocolId>().Select(p => Hyphenated(p.ToString())).ToArray();
        foreach (var (protocol, name) in new[]
        {
            (ProtocolId.None, "unknown"), (ProtocolId.OtherIp, "ip"), (ProtocolId.OtherTcp, "tcp"), (ProtocolId.OtherUdp, "udp"), (ProtocolId.OtherLink, "ethernet"),
            (ProtocolId.NetbiosName, "nbns"), (ProtocolId.NetbiosDatagram, "nbdgm"), (ProtocolId.NetbiosSession, "nbss"), (ProtocolId.DceRpc, "dcerpc"),
            (ProtocolId.S7Comm, "s7comm"), (ProtocolId.S7CommPlus, "s7comm-plus"), (ProtocolId.OpcUa, "opcua"), (ProtocolId.EtherCat, "ethercat"),
            (ProtocolId.TriStation, "tristation"), (ProtocolId.LonTalkIp, "lontalk-ip"), (ProtocolId.SBus, "sbus"), (ProtocolId.EtherSIo, "ether-s-io"),
            (ProtocolId.RoutableGoose, "r-goose"), (ProtocolId.ProfinetIoCm, "profinet-io-cm"), (ProtocolId.Iec104, "iec104"), (ProtocolId.C1222, "c1222"),
            (ProtocolId.Dnp3, "dnp3"), (ProtocolId.Icmpv6, "icmpv6"), (ProtocolId.Dhcpv6, "dhcpv6"),
        })
        {
            names[(int)protocol] = name;
        }

        return names;
    }

    private static string Hyphenated(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
