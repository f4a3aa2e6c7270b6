using Culvert.Analysis.Modbus;

namespace Culvert.Analysis;

public sealed partial class TrafficAnalyzer
{
    private static ReadOnlySpan<byte> EicarText => "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"u8;

    private void OverIp(in Frame frame, Device? sender)
    {
        if (!frame.IsTcp && !frame.IsUdp)
        {
            var protocol = frame.IpProtocol switch { 1 => ProtocolId.Icmp, 58 => ProtocolId.Icmpv6, 2 => ProtocolId.Igmp, _ => ProtocolId.OtherIp };
            sender?.AddRole(protocol, Role.Peer);
            _traffic.Count(_traffic.RowOf(frame.Source.Value, frame.Destination.Value, protocol), frame.WireLength);
            return;
        }

        var flow = _flows.Get(FlowKey.Of(in frame, out var fromLow));
        if (flow.Generation == -1)
        {
            FirstOf(in frame, sender);
        }

        if (frame.IsTcp)
        {
            Handshake(in frame, sender, flow, fromLow);
        }

        if (!frame.Payload.IsEmpty)
        {
            Recognize(in frame, flow, fromLow);
        }

        if (flow.Protocol != ProtocolId.None && sender is not null)
        {
            sender.AddRole(flow.Protocol, RoleOf(flow, fromLow));
        }

        CountTraffic(in frame, flow, fromLow);
        if (!frame.Payload.IsEmpty)
        {
            Inspect(in frame, sender, flow, fromLow);
        }
    }

    private static Role RoleOf(Flow flow, bool fromLow) => fromLow ? flow.LowRole : Opposite(flow.LowRole);

    private static Role Opposite(Role role) => role switch
    {
        Role.Client => Role.Server,
        Role.Server => Role.Client,
        _ => role,
    };

    private void CountTraffic(in Frame frame, Flow flow, bool fromLow)
    {
        if (flow.Generation != _traffic.Generation)
        {
            flow.Generation = _traffic.Generation;
            flow.RowFromLow = flow.RowFromHigh = -2;
        }

        var row = fromLow ? flow.RowFromLow : flow.RowFromHigh;
        if (row == -2)
        {
            var protocol = flow.Protocol != ProtocolId.None ? flow.Protocol : frame.IsTcp ? ProtocolId.OtherTcp : ProtocolId.OtherUdp;
            row = _traffic.RowOf(frame.Source.Value, frame.Destination.Value, protocol);
            if (fromLow)
            {
                flow.RowFromLow = row;
            }
            else
            {
                flow.RowFromHigh = row;
            }
        }

        _traffic.Count(row, frame.WireLength);
    }

    private static void Recognize(in Frame frame, Flow flow, bool fromLow)
    {
        // COTP is only the carrier: what it carries shows once data flows.
        if ((flow.Protocol != ProtocolId.None && flow.Protocol is not (ProtocolId.Cotp or ProtocolId.NetbiosSession or ProtocolId.S7Comm)) || flow.GivenUp)
        {
            return;
        }

        var found = TransportProtocols.Recognize(in frame);
        if (!found.IsKnown)
        {
            flow.Attempts += flow.Protocol == ProtocolId.None ? (byte)1 : (byte)0;
            return;
        }

        if (found.Protocol == ProtocolId.Cotp && flow.Protocol != ProtocolId.None)
        {
            return;
        }

        if (found.Protocol != flow.Protocol)
        {
            flow.Protocol = found.Protocol;
            flow.Generation = -1;
        }

        var role = found.Role;
        if (flow.SynFromLow != flow.SynFromHigh && role != Role.Publisher)
        {
            // Who opened the connection is the client, whatever the ports say.
            role = flow.SynFromLow == fromLow ? Role.Client : Role.Server;
        }
        else if (role == Role.Peer && frame.IsTcp && frame.SourcePort != frame.DestinationPort)
        {
            role = frame.SourcePort < frame.DestinationPort ? Role.Server : Role.Client;
        }

        flow.LowRole = fromLow ? role : Opposite(role);
    }

    private void Handshake(in Frame frame, Device? sender, Flow flow, bool fromLow)
    {
        if ((frame.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn)
        {
            flow.SynFromLow |= fromLow;
            flow.SynFromHigh |= !fromLow;
            Attempt(in frame, sender);
        }
        else if ((frame.Flags & TcpFlags.Syn) != 0)
        {
            flow.SynFromLow |= !fromLow;
            flow.SynFromHigh |= fromLow;
            _scans.Answered(frame.Destination, frame.Source, frame.SourcePort);
        }
    }

    private void Attempt(in Frame frame, Device? sender)
    {
        if (sender is null)
        {
            return;
        }

        var target = _devices.Find(frame.Destination);
        if (_scans.IsPortScan(frame.Source, frame.Destination, frame.DestinationPort, frame.Ticks))
        {
            sender.MarkScanner();
            if (!_alerts.Again(AlertCatalogue.PortScan, sender, target, 0, frame.Ticks, frame.Destination))
            {
                _alerts.Raise(AlertCatalogue.PortScan, sender, target, 0, frame.Ticks, $"{Shown(sender)} tried {ScanWatch.PortsOfOneDevice} ports of {frame.Destination} within two minutes.", ProtocolId.OtherTcp, frame.Destination);
            }
        }

        if (_scans.IsAddressScan(frame.Source, frame.Destination, frame.Ticks))
        {
            sender.MarkScanner();
            if (!_alerts.Again(AlertCatalogue.AddressScan, sender, null, 0, frame.Ticks))
            {
                _alerts.Raise(AlertCatalogue.AddressScan, sender, null, 0, frame.Ticks, $"{Shown(sender)} tried {ScanWatch.AddressesOfOneNetwork} addresses of one network within two minutes, {frame.Destination} the last.", ProtocolId.OtherTcp);
            }
        }

        if (_scans.IsUnanswered(frame.Source, frame.Destination, frame.DestinationPort, frame.Ticks)
            && !_alerts.Again(AlertCatalogue.Disconnected, sender, target, frame.DestinationPort, frame.Ticks, frame.Destination))
        {
            _alerts.Raise(
                AlertCatalogue.Disconnected, sender, target, frame.DestinationPort, frame.Ticks,
                $"{frame.Destination} did not answer {ScanWatch.UnansweredAttempts} attempts of {Shown(sender)} on port {frame.DestinationPort} within five minutes.", ProtocolId.OtherTcp, frame.Destination);
        }
    }

    private void FirstOf(in Frame frame, Device? sender)
    {
        if (sender is null || frame.Destination.IsMulticast || frame.Destination.IsBroadcast)
        {
            return;
        }

        if (Threats.FindAddress(frame.Destination) is { } entry && !_alerts.Again(AlertCatalogue.MaliciousAddress, sender, null, 0, frame.Ticks, frame.Destination))
        {
            _alerts.Raise(
                AlertCatalogue.MaliciousAddress, sender, null, 0, frame.Ticks, $"{Shown(sender)} sends to {frame.Destination}, listed as {entry}.", ProtocolId.None, frame.Destination);
        }

        if (!_learning && !frame.Destination.IsPrivate && frame.Source.IsPrivate && sender.HasAny(ProtocolNames.IsOt, Role.Server)
            && !_alerts.Again(AlertCatalogue.InternetConnectivity, sender, null, 0, frame.Ticks, frame.Destination))
        {
            _alerts.Raise(
                AlertCatalogue.InternetConnectivity, sender, null, 0, frame.Ticks, $"The OT device {Shown(sender)} sends to the public address {frame.Destination}, port {frame.DestinationPort}.", ProtocolId.None, frame.Destination);
        }
    }

    private void Inspect(in Frame frame, Device? sender, Flow flow, bool fromLow)
    {
        if (sender is null)
        {
            return;
        }

        var other = _devices.Find(frame.Destination);
        switch (flow.Protocol)
        {
            case ProtocolId.Modbus:
                ReadModbus(in frame, sender, other, flow, fromLow);
                break;
            // Names are made into text only where there is a list to look them up in.
            case ProtocolId.Dns or ProtocolId.Llmnr or ProtocolId.Tls or ProtocolId.Http when !Threats.HasDomains:
                break;
            case ProtocolId.Dns or ProtocolId.Llmnr:
                CheckDomain(in frame, sender, Names.DnsQuestion(frame.IsTcp && frame.Payload.Length > 2 ? frame.Payload[2..] : frame.Payload));
                break;
            case ProtocolId.Tls when RoleOf(flow, fromLow) == Role.Client && frame.Payload is [22, 3, ..]:
                CheckDomain(in frame, sender, Names.TlsServerName(frame.Payload));
                break;
            case ProtocolId.Http when RoleOf(flow, fromLow) == Role.Client:
                CheckDomain(in frame, sender, Names.HttpHost(frame.Payload));
                break;
            default:
                _identities.Learn(in frame, sender, flow.Protocol);
                Commands(in frame, sender, other, flow, fromLow);
                break;
        }

        if (frame.Payload.IndexOf(EicarText) >= 0 && !_alerts.Again(AlertCatalogue.Eicar, sender, other, 0, frame.Ticks, frame.Destination))
        {
            _alerts.Raise(AlertCatalogue.Eicar, sender, other, 0, frame.Ticks, $"{Shown(sender)} sends the EICAR test file to {frame.Destination}.", flow.Protocol, frame.Destination);
        }

        if (Threats.HasSignatures && Threats.FindPayload(frame.Payload) is { } signature
            && !_alerts.Again(AlertCatalogue.MalwarePayload, sender, other, signature.Index, frame.Ticks, frame.Destination))
        {
            _alerts.Raise(
                AlertCatalogue.MalwarePayload, sender, other, signature.Index, frame.Ticks,
                $"{Shown(sender)} sends to {frame.Destination} what matches the signature {signature.Id}: {signature.Name}.", flow.Protocol, frame.Destination);
        }
    }

    private void CheckDomain(in Frame frame, Device sender, string? name)
    {
        if (name is null || Threats.FindDomain(name) is not { } entry || _alerts.Again(AlertCatalogue.MaliciousDomain, sender, null, 0, frame.Ticks, frame.Destination))
        {
            return;
        }

        _alerts.Raise(AlertCatalogue.MaliciousDomain, sender, null, 0, frame.Ticks, $"{Shown(sender)} asks for {name}, listed as {entry}.", ProtocolId.Dns, frame.Destination);
    }

    private void ReadModbus(in Frame frame, Device sender, Device? other, Flow flow, bool fromLow)
    {
        flow.Modbus ??= new ModbusSession();
        var fromClient = RoleOf(flow, fromLow) == Role.Client;
        _modbus.Begin(this, frame.Ticks, sender, other, frame.Destination, flow.Modbus);
        ModbusStream.Read(flow.Modbus, fromClient, frame.Sequence, frame.Payload, _modbus, ModbusWatch.OnPdu, ModbusWatch.OnGarbage);
    }
}
