using System.Buffers.Binary;

namespace Culvert.Analysis;

public sealed partial class TrafficAnalyzer
{
    private void OverLink(in Frame frame, Device? sender)
    {
        var found = LinkProtocols.Recognize(in frame);
        var protocol = found.IsKnown ? found.Protocol : ProtocolId.OtherLink;
        if (found.IsKnown)
        {
            sender?.AddRole(protocol, found.Role);
        }

        _traffic.Count(_traffic.RowOf(TrafficTable.KeyOf(frame.SourceMac), TrafficTable.KeyOf(frame.DestinationMac), protocol), frame.WireLength);
        if (protocol == ProtocolId.Arp)
        {
            Arp(in frame, sender);
        }
        else if (sender is not null)
        {
            _identities.Learn(in frame, sender, protocol);
        }
    }

    // RFC 826: hardware type 1, protocol 0x0800, lengths 6 and 4.
    private void Arp(in Frame frame, Device? sender)
    {
        var p = frame.LinkPayload;
        if (p.Length < 28 || BinaryPrimitives.ReadUInt16BigEndian(p[2..]) != 0x0800 || p[4] != 6 || p[5] != 4)
        {
            Malformed++;
            return;
        }

        var operation = BinaryPrimitives.ReadUInt16BigEndian(p[6..]);
        var (mac, address) = (MacAddress.From(p[8..]), NetworkAddress.FromV4(p[14..]));
        if (mac.IsGroup || mac.IsNone || address.IsUnspecified || address.IsMulticast)
        {
            return;
        }

        var before = _devices.Claim(mac, address);
        // The claim makes the address known of a device that sends nothing over IP; a relayed claim (proxy ARP) does not.
        var device = frame.SourceMac == mac ? _devices.Sender(mac, address, hasAddress: true, frame.Ticks) : sender;
        if (device is not null && device != sender && device.Frames == 0)
        {
            Count(device, in frame);
            Tell(device, frame.Ticks);
        }

        if (!before.IsNone && !_alerts.Again(AlertCatalogue.AddressConflict, device, null, 0, frame.Ticks, address))
        {
            _alerts.Raise(
                AlertCatalogue.AddressConflict, device, _devices.Find(before), 0, frame.Ticks, $"{mac} says that {address} is its own; {before} said so before.", ProtocolId.Arp, address);
        }

        if (operation == 2 && _scans.IsReplyFlood(frame.SourceMac, frame.DestinationMac, frame.Ticks)
            && !_alerts.Again(AlertCatalogue.ArpFlood, device, null, 0, frame.Ticks))
        {
            _alerts.Raise(AlertCatalogue.ArpFlood, device, null, 0, frame.Ticks, $"{mac} sends ARP replies for {address} in masses.", ProtocolId.Arp);
        }
    }
}
