using System.Buffers.Binary;

namespace Culvert.Analysis;

/// <summary>The block format: sections, interfaces, packets.</summary>
internal sealed class PcapNgReader(CaptureBuffer buffer) : CaptureReader(buffer)
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const int MaxInterfaces = 4096;
    private readonly List<Interface> _interfaces = [];
    private bool _bigEndian;
    private int _taken;

    public override bool Read(out CapturedPacket packet)
    {
        packet = default;
        Buffer.Skip(_taken);
        _taken = 0;
        while (true)
        {
            if (!Buffer.TryPeek(12, out var head))
            {
                return EndsHere("a block header");
            }

            var type = BinaryPrimitives.ReadUInt32BigEndian(head) == SectionHeader ? SectionHeader : U32(head);
            if (type == SectionHeader)
            {
                _bigEndian = BinaryPrimitives.ReadUInt32BigEndian(head[8..]) switch
                {
                    0x1A2B3C4D => true,
                    0x4D3C2B1A => false,
                    var order => throw new CaptureFormatException(Buffer.Offset + 8, $"byte-order mark {order:x8}; expected 1a2b3c4d"),
                };
            }

            var length = U32(head[4..]);
            if (length is < 12 or > MaxBlockBytes || length % 4 != 0)
            {
                throw new CaptureFormatException(Buffer.Offset + 4, $"a block of {length} bytes; expected a multiple of 4 from 12 to {MaxBlockBytes}");
            }

            if (!Buffer.TryPeek((int)length, out var block))
            {
                return EndsHere("a block");
            }

            var body = block[8..^4];
            var isPacket = type switch
            {
                SectionHeader => Section(),
                InterfaceDescription => Describe(body),
                EnhancedPacket => Enhanced(body, out packet),
                SimplePacket => Simple(body, out packet),
                ObsoletePacket => Obsolete(body, out packet),
                _ => false,
            };
            if (isPacket)
            {
                _taken = (int)length;
                Packets++;
                return true;
            }

            Buffer.Skip((int)length);
        }
    }

    private bool Section()
    {
        _interfaces.Clear();
        return false;
    }

    private bool Describe(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8 || _interfaces.Count >= MaxInterfaces)
        {
            throw new CaptureFormatException(Buffer.Offset, body.Length < 8 ? "an interface block shorter than 8 bytes" : $"more than {MaxInterfaces} interfaces");
        }

        // if_tsresol (option 9): a power of ten, or of two when the top bit is set; microseconds when absent.
        var unitsPerSecond = 1_000_000UL;
        for (var options = body[8..]; options.Length >= 4;)
        {
            var (code, length) = (U16(options), U16(options[2..]));
            if (code == 0 || options.Length < 4 + length)
            {
                break;
            }

            if (code == 9 && length >= 1)
            {
                var exponent = options[4] & 0x7F;
                unitsPerSecond = (options[4] & 0x80) != 0 ? 1UL << Math.Min(exponent, 62) : Pow10(Math.Min(exponent, 18));
            }

            options = options[Math.Min(options.Length, 4 + ((length + 3) & ~3))..];
        }

        _interfaces.Add(new Interface((LinkType)U16(body), unitsPerSecond, U32(body[4..])));
        return false;
    }

    private bool Enhanced(ReadOnlySpan<byte> body, out CapturedPacket packet)
    {
        if (body.Length < 20)
        {
            throw new CaptureFormatException(Buffer.Offset, "an enhanced packet block shorter than 32 bytes");
        }

        return Make(U32(body), ((ulong)U32(body[4..]) << 32) | U32(body[8..]), U32(body[12..]), U32(body[16..]), body[20..], out packet);
    }

    private bool Obsolete(ReadOnlySpan<byte> body, out CapturedPacket packet)
    {
        if (body.Length < 20)
        {
            throw new CaptureFormatException(Buffer.Offset, "a packet block shorter than 32 bytes");
        }

        return Make(U16(body), ((ulong)U32(body[4..]) << 32) | U32(body[8..]), U32(body[12..]), U32(body[16..]), body[20..], out packet);
    }

    private bool Simple(ReadOnlySpan<byte> body, out CapturedPacket packet)
    {
        if (body.Length < 4)
        {
            throw new CaptureFormatException(Buffer.Offset, "a simple packet block shorter than 16 bytes");
        }

        var original = U32(body);
        var snap = _interfaces.Count > 0 && _interfaces[0].SnapLength > 0 ? _interfaces[0].SnapLength : uint.MaxValue;
        // It has no time of its own; the start of Unix time says "unknown" plainly.
        return Make(0, 0, Math.Min(Math.Min(original, snap), (uint)(body.Length - 4)), original, body[4..], out packet);
    }

    private bool Make(uint index, ulong time, uint captured, uint original, ReadOnlySpan<byte> data, out CapturedPacket packet)
    {
        if (index >= _interfaces.Count)
        {
            throw new CaptureFormatException(Buffer.Offset, $"a packet of interface {index}, of {_interfaces.Count} described");
        }

        if (captured > data.Length || captured > MaxPacketBytes)
        {
            throw new CaptureFormatException(Buffer.Offset, $"a packet of {captured} bytes in a block with room for {data.Length}; at most {MaxPacketBytes} are possible");
        }

        var source = _interfaces[(int)index];
        var seconds = time / source.UnitsPerSecond;
        var fraction = (ulong)((UInt128)(time % source.UnitsPerSecond) * TimeSpan.TicksPerSecond / source.UnitsPerSecond);
        // Beyond the year 9999 it is garbage.
        var ticks = seconds < 253_402_300_000UL ? DateTime.UnixEpoch.Ticks + (long)((seconds * TimeSpan.TicksPerSecond) + fraction) : DateTime.UnixEpoch.Ticks;
        packet = new CapturedPacket(source.LinkType, ticks, data[..(int)captured], (int)Math.Min(Math.Max(original, captured), int.MaxValue));
        return true;
    }

    private static ulong Pow10(int exponent)
    {
        var value = 1UL;
        for (var i = 0; i < exponent; i++)
        {
            value *= 10;
        }

        return value;
    }

    private uint U32(ReadOnlySpan<byte> bytes) => _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ushort U16(ReadOnlySpan<byte> bytes) => _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private readonly record struct Interface(LinkType LinkType, ulong UnitsPerSecond, uint SnapLength);
}
