using System.Buffers.Binary;
using System.Text;

namespace Culvert.Analysis;

/// <summary>What devices say of themselves: names, makers, models, versions. Ranks: a name that an engineer gave the device (LLDP, DCP, SNMP) beats one that it was given by the network (DHCP, NetBIOS, mDNS).</summary>
internal static class Identification
{
    private const int FromNetwork = 1;
    private const int FromDevice = 2;

    public static void Learn(in Frame frame, Device device, ProtocolId protocol)
    {
        switch (protocol)
        {
            case ProtocolId.Lldp:
                Lldp(device, frame.LinkPayload);
                break;
            case ProtocolId.Cdp:
                Cdp(device, frame.LinkPayload);
                break;
            case ProtocolId.ProfinetDcp:
                Dcp(device, frame.LinkPayload);
                break;
            case ProtocolId.Dhcp:
                Dhcp(device, frame.Payload);
                break;
            case ProtocolId.Enip:
                Enip(device, frame.Payload);
                break;
            case ProtocolId.NetbiosName:
                NetbiosName(device, frame.Payload);
                break;
            case ProtocolId.Mdns:
                Mdns(device, frame.Payload);
                break;
        }
    }

    /// <summary>The answer to Read Device Identification (Modbus V1.1b3, section 6.21): objects vendor, product code, revision, vendor URL, product name, model.</summary>
    public static void ModbusDevice(Device device, ReadOnlySpan<byte> data)
    {
        if (data.Length < 6 || data[0] != 14)
        {
            return;
        }

        var objects = data[6..];
        for (int count = data[5]; count > 0 && objects.Length >= 2; count--)
        {
            var (id, length) = (objects[0], objects[1]);
            if (objects.Length < 2 + length)
            {
                return;
            }

            var text = Text.FromUtf8(objects.Slice(2, length));
            switch (id)
            {
                case 0:
                    device.SetVendor(text, FromDevice);
                    break;
                case 1:
                    device.SetIdentity(model: text);
                    break;
                case 2:
                    device.SetIdentity(firmware: text);
                    break;
                case 5:
                    device.SetIdentity(model: text);
                    break;
            }

            objects = objects[(2 + length)..];
        }
    }

    // IEEE 802.1AB, clause 8: TLVs of 7 bits type and 9 bits length.
    private static void Lldp(Device device, ReadOnlySpan<byte> p)
    {
        for (var count = 0; count < 64 && p.Length >= 2; count++)
        {
            var head = BinaryPrimitives.ReadUInt16BigEndian(p);
            var (type, length) = (head >> 9, head & 0x1FF);
            if (type == 0 || p.Length < 2 + length)
            {
                return;
            }

            var value = p.Slice(2, length);
            switch (type)
            {
                case 5:
                    device.SetName(Text.FromUtf8(value), FromDevice);
                    break;
                case 6:
                    Describe(device, Text.FromUtf8(value));
                    break;
                case 7 when length >= 4 && (BinaryPrimitives.ReadUInt16BigEndian(value[2..]) & 0x14) == 0x04:
                    device.SetIdentity(type: "Switch");
                    break;
            }

            p = p[(2 + length)..];
        }
    }

    // Siemens writes maker, family, model, order number and versions into one line, with commas.
    private static void Describe(Device device, string? description)
    {
        if (description is null || !description.Contains("Siemens", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        device.SetVendor("Siemens", FromDevice);
        foreach (var part in description.Split(',').Select(p => p.Trim()))
        {
            if (part.StartsWith("6GK", StringComparison.Ordinal) || part.StartsWith("6ES", StringComparison.Ordinal))
            {
                device.SetIdentity(model: part);
            }
            else if (part.StartsWith("FW:", StringComparison.Ordinal) || part.StartsWith("SW:", StringComparison.Ordinal))
            {
                device.SetIdentity(firmware: part[3..].Trim());
            }
        }
    }

    // CDP: after LLC and SNAP come version, TTL, checksum; then type, length (with its head), value.
    private static void Cdp(Device device, ReadOnlySpan<byte> p)
    {
        if (p.Length < 12)
        {
            return;
        }

        p = p[12..];
        for (var count = 0; count < 64 && p.Length >= 4; count++)
        {
            var (type, length) = (BinaryPrimitives.ReadUInt16BigEndian(p), BinaryPrimitives.ReadUInt16BigEndian(p[2..]));
            if (length < 4 || p.Length < length)
            {
                return;
            }

            var text = Text.FromUtf8(p[4..length]);
            switch (type)
            {
                case 1:
                    device.SetName(text, FromDevice);
                    break;
                case 5:
                    device.SetIdentity(firmware: text?.Split('\n')[0]);
                    break;
                case 6:
                    device.SetIdentity(model: text);
                    device.SetVendor(text?.StartsWith("cisco", StringComparison.OrdinalIgnoreCase) == true ? "Cisco Systems" : null, FromDevice);
                    break;
            }

            p = p[length..];
        }
    }

    // DCP blocks (IEC 61158-6-10, clause 4.3): option, suboption, length, and in answers two bytes of block info; 2.1 is the type of station, 2.2 its name.
    private static void Dcp(Device device, ReadOnlySpan<byte> p)
    {
        if (p.Length < 14 || p[3] == 0)
        {
            return;
        }

        var blocks = p.Slice(12, Math.Min(p.Length - 12, BinaryPrimitives.ReadUInt16BigEndian(p[10..])));
        for (var count = 0; count < 64 && blocks.Length >= 6; count++)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(blocks[2..]);
            if (length < 2 || blocks.Length < 4 + length)
            {
                return;
            }

            var value = blocks.Slice(6, length - 2);
            switch ((blocks[0], blocks[1]))
            {
                case (2, 1):
                    device.SetIdentity(model: Text.FromUtf8(value));
                    break;
                case (2, 2):
                    device.SetName(Text.FromUtf8(value), FromDevice);
                    break;
                case (1, 2) when value.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(value) != 0:
                    device.AddAddress(NetworkAddress.FromV4(value));
                    break;
            }

            blocks = blocks[Math.Min(blocks.Length, 4 + ((length + 1) & ~1))..];
        }
    }

    // Options (RFC 2132): 12 is the host name, 60 the vendor class. Only what a client says of itself counts.
    private static void Dhcp(Device device, ReadOnlySpan<byte> p)
    {
        if (p[0] != 1)
        {
            return;
        }

        var options = p[240..];
        for (var count = 0; count < 128 && options.Length >= 2 && options[0] != 255; count++)
        {
            if (options[0] == 0)
            {
                options = options[1..];
                continue;
            }

            int length = options[1];
            if (options.Length < 2 + length)
            {
                return;
            }

            if (options[0] == 12)
            {
                device.SetName(Text.FromUtf8(options.Slice(2, length)), FromNetwork);
            }
            else if (options[0] == 60 && options.Slice(2, length).StartsWith("MSFT"u8))
            {
                device.SetIdentity(os: "Windows");
            }

            options = options[(2 + length)..];
        }
    }

    // ListIdentity's answer (CIP volume 2, section 2-4.2): an item with the socket address, vendor, type, product, revision, status, serial number and name.
    private static void Enip(Device device, ReadOnlySpan<byte> p)
    {
        if (p.Length < 63 || BinaryPrimitives.ReadUInt16LittleEndian(p) != 0x63 || BinaryPrimitives.ReadUInt16LittleEndian(p[26..]) != 0x0C)
        {
            return;
        }

        var identity = p[48..];
        if (BinaryPrimitives.ReadUInt16LittleEndian(identity) == 1)
        {
            device.SetVendor("Rockwell Automation", FromDevice);
        }

        var length = identity[14];
        device.SetIdentity(
            model: identity.Length >= 15 + length ? Text.FromUtf8(identity.Slice(15, length)) : null,
            serial: BinaryPrimitives.ReadUInt32LittleEndian(identity[10..]).ToString("x8", System.Globalization.CultureInfo.InvariantCulture),
            firmware: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{identity[6]}.{identity[7]:d3}"));
    }

    // A registration (opcode 5) names its sender in the question: 32 half-bytes, the last a suffix (RFC 1001, section 14.1).
    private static void NetbiosName(Device device, ReadOnlySpan<byte> p)
    {
        if (p.Length < 46 || (p[2] & 0xF8) != 0x28 || p[12] != 32)
        {
            return;
        }

        Span<byte> name = stackalloc byte[16];
        for (var i = 0; i < 16; i++)
        {
            name[i] = (byte)(((p[13 + (2 * i)] - 'A') << 4) | ((p[14 + (2 * i)] - 'A') & 15));
        }

        // Suffix 0x00 or 0x20: a workstation or server; the flag of a group name is in the record, so 0x1C to 0x1E are left out.
        if (name[15] is 0x00 or 0x20)
        {
            device.SetName(Encoding.ASCII.GetString(name[..15]).TrimEnd(), FromNetwork);
        }
    }

    // An answer with an A record (type 1) carries the host's own name.
    private static void Mdns(Device device, ReadOnlySpan<byte> p)
    {
        if (p.Length < 12 || (p[2] & 0x80) == 0)
        {
            return;
        }

        var at = 12;
        for (var questions = BinaryPrimitives.ReadUInt16BigEndian(p[4..]); questions > 0; questions--)
        {
            at = SkipName(p, at) + 4;
        }

        for (var answers = Math.Min(32, BinaryPrimitives.ReadUInt16BigEndian(p[6..]) + BinaryPrimitives.ReadUInt16BigEndian(p[10..])); answers > 0 && at < p.Length; answers--)
        {
            var start = at;
            at = SkipName(p, at);
            if (at + 10 > p.Length)
            {
                return;
            }

            if (BinaryPrimitives.ReadUInt16BigEndian(p[at..]) is 1 or 28 && Names.DnsName(p, start) is { } name && name.EndsWith(".local", StringComparison.OrdinalIgnoreCase))
            {
                device.SetName(name[..^6], FromNetwork);
                return;
            }

            at += 10 + BinaryPrimitives.ReadUInt16BigEndian(p[(at + 8)..]);
        }
    }

    private static int SkipName(ReadOnlySpan<byte> p, int at)
    {
        while (at < p.Length)
        {
            int length = p[at];
            if (length == 0)
            {
                return at + 1;
            }

            if (length >= 0xC0)
            {
                return at + 2;
            }

            at += 1 + length;
        }

        return at;
    }
}
