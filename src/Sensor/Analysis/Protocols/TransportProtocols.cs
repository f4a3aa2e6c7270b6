namespace Culvert.Analysis;

/// <summary>Tells apart what TCP and UDP carry. A port is only a hint: the content has to fit, for IT traffic on an OT port must not be called OT.</summary>
internal static class TransportProtocols
{
    public static Recognition Recognize(in Frame frame)
    {
        if (frame.Payload.IsEmpty)
        {
            return default;
        }

        var tcp = frame.IsTcp;
        var towards = Try(frame.DestinationPort, frame.Payload, tcp, toServer: true);
        var back = frame.SourcePort == frame.DestinationPort ? towards : Try(frame.SourcePort, frame.Payload, tcp, toServer: false);
        if (towards != ProtocolId.None && towards == back)
        {
            return new(towards, Role.Peer);
        }

        // A server answers from its well-known port; the lower one wins where both could be.
        if (towards != ProtocolId.None && (back == ProtocolId.None || frame.DestinationPort <= frame.SourcePort))
        {
            return new(towards, Role.Client);
        }

        if (back != ProtocolId.None)
        {
            return new(back, Role.Server);
        }

        return ByContent(frame.Payload, tcp);
    }

    private static ProtocolId Try(ushort port, ReadOnlySpan<byte> p, bool tcp, bool toServer) => tcp ? TryTcp(port, p, toServer) : TryUdp(port, p, toServer);

    private static ProtocolId TryTcp(ushort port, ReadOnlySpan<byte> p, bool toServer) => port switch
    {
        502 when Signatures.Modbus(p) => ProtocolId.Modbus,
        102 when Signatures.Tpkt(p) => Signatures.OverCotp(p),
        44818 when Signatures.Enip(p) => ProtocolId.Enip,
        20000 when Signatures.Dnp3(p) => ProtocolId.Dnp3,
        2404 when Signatures.Iec104(p) => ProtocolId.Iec104,
        5094 when Signatures.HartIp(p) => ProtocolId.HartIp,
        9600 when p.StartsWith("FINS"u8) => ProtocolId.OmronFins,
        48898 when Signatures.Ads(p) => ProtocolId.Ads,
        4712 or 4713 when Signatures.Synchrophasor(p) => ProtocolId.Synchrophasor,
        1153 when Signatures.C1222(p) => ProtocolId.C1222,
        10001 when Signatures.Genisys(p) => ProtocolId.Genisys,
        4000 when Signatures.RocPlus(p) => ProtocolId.RocPlus,
        1911 or 4911 when p.StartsWith("fox "u8) => ProtocolId.NiagaraFox,
        4059 or 4060 when Signatures.Dlms(p) => ProtocolId.DlmsCosem,
        1883 when Signatures.Mqtt(p) => ProtocolId.Mqtt,
        53 when p.Length > 14 && Signatures.Dns(p[2..]) => ProtocolId.Dns,
        139 or 445 when Signatures.Nbss(p) => Signatures.Smb(p) ? ProtocolId.Smb : ProtocolId.NetbiosSession,
        135 when Signatures.DceRpc(p) => ProtocolId.DceRpc,
        3389 when Signatures.Tpkt(p) => ProtocolId.Rdp,
        1433 when Signatures.Tds(p) => ProtocolId.Tds,
        23 when p.StartsWith([(byte)0xFF]) => ProtocolId.Telnet,
        21 when Signatures.FtpLine(p, toServer) => ProtocolId.Ftp,
        _ => ProtocolId.None,
    };

    private static ProtocolId TryUdp(ushort port, ReadOnlySpan<byte> p, bool toServer) => port switch
    {
        47808 when Signatures.Bacnet(p) => ProtocolId.Bacnet,
        44818 when Signatures.Enip(p) => ProtocolId.Enip,
        2222 when Signatures.CipIo(p) => ProtocolId.CipIo,
        20000 when Signatures.Dnp3(p) => ProtocolId.Dnp3,
        34964 when Signatures.DceRpcV4(p) => ProtocolId.ProfinetIoCm,
        5094 when Signatures.HartIp(p) => ProtocolId.HartIp,
        9600 when Signatures.Fins(p) => ProtocolId.OmronFins,
        48899 when p.StartsWith((ReadOnlySpan<byte>)[0x03, 0x66, 0x14, 0x71]) => ProtocolId.AdsDiscovery,
        4712 or 4713 when Signatures.Synchrophasor(p) => ProtocolId.Synchrophasor,
        1153 when Signatures.C1222(p) => ProtocolId.C1222,
        1234 or 1235 when Signatures.Bsap(p) => ProtocolId.Bsap,
        4000 when Signatures.RocPlus(p) => ProtocolId.RocPlus,
        5560 or 5562 when p[0] is 0x5A or 0xDA or 0x57 or 0xD7 => ProtocolId.Melsoft,
        1502 when Signatures.TriStation(p) => ProtocolId.TriStation,
        4059 when Signatures.Dlms(p) => ProtocolId.DlmsCosem,
        18246 when p.Length >= 32 && p[0] == 0x0D && p[1] == 0x01 => ProtocolId.GeEgd,
        3671 when p.Length >= 6 && p[0] == 0x06 && p[1] == 0x10 => ProtocolId.KnxIp,
        1628 or 1629 when Signatures.LonTalkIp(p) => ProtocolId.LonTalkIp,
        5050 when Signatures.SBus(p) => ProtocolId.SBus,
        6060 when p.StartsWith("ESIO"u8) => ProtocolId.EtherSIo,
        102 when p.Length > 8 && p[0] == 0x01 && p[1] == 0x40 => ProtocolId.RoutableGoose,
        53 when Signatures.Dns(p) => ProtocolId.Dns,
        5353 when Signatures.Dns(p) => ProtocolId.Mdns,
        5355 when Signatures.Dns(p) => ProtocolId.Llmnr,
        137 when Signatures.Dns(p) => ProtocolId.NetbiosName,
        138 when p.Length > 14 && p[0] is >= 0x10 and <= 0x16 => ProtocolId.NetbiosDatagram,
        67 or 68 when Signatures.Dhcp(p) => ProtocolId.Dhcp,
        546 or 547 when p.Length >= 4 && p[0] is >= 1 and <= 13 => ProtocolId.Dhcpv6,
        123 when p.Length >= 48 && (p[0] >> 3 & 7) is >= 1 and <= 4 => ProtocolId.Ntp,
        161 or 162 when Signatures.Snmp(p) => ProtocolId.Snmp,
        514 when p[0] == (byte)'<' => ProtocolId.Syslog,
        1900 when Signatures.Ssdp(p) => ProtocolId.Ssdp,
        319 or 320 when p.Length >= 34 => ProtocolId.Ptp,
        _ => ProtocolId.None,
    };

    /// <summary>Protocols that say who they are on any port.</summary>
    private static Recognition ByContent(ReadOnlySpan<byte> p, bool tcp)
    {
        if (!tcp)
        {
            return p.StartsWith("RTPS"u8) ? new(ProtocolId.Rtps, Role.Peer)
                : Signatures.DceRpcV4(p) && Signatures.IsProfinetObject(p) ? new(ProtocolId.ProfinetIoCm, Role.Peer)
                : Signatures.DceRpcV4(p) ? new(ProtocolId.DceRpc, Role.Peer)
                : default;
        }

        if (Signatures.OpcUa(p))
        {
            return new(ProtocolId.OpcUa, p.StartsWith("HEL"u8) ? Role.Client : p.StartsWith("ACK"u8) ? Role.Server : Role.Peer);
        }

        if (Signatures.TlsRecord(p))
        {
            return new(ProtocolId.Tls, p.Length > 5 && p[5] == 1 ? Role.Client : p.Length > 5 && p[5] == 2 ? Role.Server : Role.Peer);
        }

        if (Signatures.HttpRequest(p))
        {
            return new(ProtocolId.Http, Role.Client);
        }

        if (p.StartsWith("HTTP/1."u8))
        {
            return new(ProtocolId.Http, Role.Server);
        }

        if (p.StartsWith("SSH-"u8))
        {
            return new(ProtocolId.Ssh, Role.Peer);
        }

        return Signatures.DceRpc(p) ? new(ProtocolId.DceRpc, p[2] is 0 or 11 or 14 ? Role.Client : Role.Server) : default;
    }
}
