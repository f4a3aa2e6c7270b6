using System.Buffers.Binary;

namespace Culvert.Analysis;

public sealed partial class TrafficAnalyzer
{
    /// <summary>Commands that stop, restart or program a controller, in protocols that are not decoded in full.</summary>
    private void Commands(in Frame frame, Device sender, Device? other, Flow flow, bool fromLow)
    {
        var role = RoleOf(flow, fromLow);
        var p = frame.Payload;
        switch (flow.Protocol)
        {
            case ProtocolId.S7Comm when role == Role.Client && p.Length > 5:
                S7(in frame, sender, other, p[Math.Min(p.Length, 5 + p[4])..]);
                break;
            case ProtocolId.Enip:
                Cip(in frame, sender, other, role, p);
                break;
            case ProtocolId.Dnp3 when p.Length > 12 && (p[3] & 0x80) != 0:
                Command(in frame, sender, other, flow.Protocol, p[12] switch { 13 or 14 => AlertCatalogue.ControllerRestart, 18 => AlertCatalogue.ControllerStop, _ => null }, p[12], "DNP3 function");
                break;
            case ProtocolId.Bacnet:
                Bacnet(in frame, sender, other, p);
                break;
            case ProtocolId.Iec104 when p.Length > 6 && (p[2] & 1) == 0 && p[6] == 105:
                Command(in frame, sender, other, flow.Protocol, AlertCatalogue.ControllerRestart, 105, "IEC 104 type");
                break;
        }
    }

    // Job (1), then the function after a header of 10 bytes: 0x1A to 0x1C load a block, 0x28 is a program invocation, 0x29 stops the CPU.
    private void S7(in Frame frame, Device sender, Device? other, ReadOnlySpan<byte> p)
    {
        if (p.Length < 11 || p[0] != 0x32 || p[1] != 1)
        {
            return;
        }

        switch (p[10])
        {
            case >= 0x1A and <= 0x1C:
                sender.MarkProgramming();
                if (!_learning)
                {
                    Command(in frame, sender, other, ProtocolId.S7Comm, AlertCatalogue.PlcProgramming, 0x1A, "S7 block download, function");
                }

                break;
            case 0x28:
                Command(in frame, sender, other, ProtocolId.S7Comm, AlertCatalogue.ControllerRestart, p[10], "S7 program invocation, function");
                break;
            case 0x29:
                Command(in frame, sender, other, ProtocolId.S7Comm, AlertCatalogue.ControllerStop, p[10], "S7 function");
                break;
        }
    }

    // SendRRData (0x6F) and SendUnitData (0x70) carry CIP in common packet format: the data item's content is the message.
    private void Cip(in Frame frame, Device sender, Device? other, Role role, ReadOnlySpan<byte> p)
    {
        if (p.Length < 32 || BinaryPrimitives.ReadUInt16LittleEndian(p) is not (0x6F or 0x70) and var command)
        {
            _identities.Learn(in frame, sender, ProtocolId.Enip);
            return;
        }

        sender.AddRole(ProtocolId.Cip, role);
        var items = p[30..];
        for (var count = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(items), 8); count > 0 && items.Length >= 6; count--)
        {
            var (type, length) = (BinaryPrimitives.ReadUInt16LittleEndian(items[2..]), BinaryPrimitives.ReadUInt16LittleEndian(items[4..]));
            var data = items[6..Math.Min(items.Length, 6 + length)];
            if (type is 0x00B2 or 0x00B1)
            {
                // A connected message has a sequence number before it.
                Message(in frame, sender, other, role, type == 0x00B1 && data.Length > 2 ? data[2..] : data);
            }

            items = items[Math.Min(items.Length, 4 + length)..];
        }
    }

    private void Message(in Frame frame, Device sender, Device? other, Role role, ReadOnlySpan<byte> message)
    {
        if (message.Length < 2)
        {
            return;
        }

        var service = message[0] & 0x7F;
        // Execute PCCC: service 0x4B of class 0x67, by an 8-bit logical path.
        if (service == 0x4B && (message[0] >= 0x80 ? sender.Has(ProtocolId.Pccc, role) || (other?.Has(ProtocolId.Pccc, Opposite(role)) ?? false) : message is [_, >= 1, 0x20, 0x67, ..]))
        {
            sender.AddRole(ProtocolId.Pccc, role);
        }

        if (message[0] < 0x80 && role == Role.Client)
        {
            Command(in frame, sender, other, ProtocolId.Cip, service switch { 0x07 => AlertCatalogue.ControllerStop, 0x05 => AlertCatalogue.ControllerRestart, _ => null }, service, "CIP service");
        }
    }

    // NPDU after the BVLC header (4 bytes, 10 for a forwarded one), then a confirmed request with service 20: ReinitializeDevice (ASHRAE 135, clause 16.4).
    private void Bacnet(in Frame frame, Device sender, Device? other, ReadOnlySpan<byte> p)
    {
        _identities.Learn(in frame, sender, ProtocolId.Bacnet);
        var npdu = p[Math.Min(p.Length, p[1] == 4 ? 10 : 4)..];
        if (npdu.Length < 6 || npdu[0] != 1 || (npdu[1] & 0x80) != 0)
        {
            return;
        }

        var at = 2;
        if ((npdu[1] & 0x20) != 0 && npdu.Length > at + 3)
        {
            at += 3 + npdu[at + 2];
        }

        if ((npdu[1] & 0x08) != 0 && npdu.Length > at + 3)
        {
            at += 3 + npdu[at + 2];
        }

        at += (npdu[1] & 0x20) != 0 ? 1 : 0;
        if (npdu.Length > at + 3 && npdu[at] >> 4 == 0 && npdu[at + 3] == 20)
        {
            Command(in frame, sender, other, ProtocolId.Bacnet, AlertCatalogue.ControllerRestart, 20, "BACnet service");
        }
    }

    private void Command(in Frame frame, Device sender, Device? other, ProtocolId protocol, AlertType? type, int code, string what)
    {
        if (type is null || _alerts.Again(type, sender, other, code, frame.Ticks, frame.Destination))
        {
            return;
        }

        _alerts.Raise(type, sender, other, code, frame.Ticks, $"{Shown(sender)} to {frame.Destination}: {what} 0x{code:x2}.", protocol, frame.Destination);
    }
}
