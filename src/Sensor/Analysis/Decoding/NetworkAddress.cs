using System.Buffers.Binary;
using System.Net;

namespace Culvert.Analysis;

/// <summary>An IPv4 or IPv6 address without allocation; IPv4 is kept as IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2).</summary>
internal readonly record struct NetworkAddress(UInt128 Value) : IComparable<NetworkAddress>
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xFFFF << 32;

    public bool IsNone => Value == 0;

    public bool IsV4 => (Value >> 32) == 0xFFFF;

    public uint V4 => (uint)Value;

    public bool IsMulticast => IsV4 ? V4 >> 28 == 0xE : (byte)(Value >> 120) == 0xFF;

    /// <summary>Broadcast of everything (255.255.255.255); a subnet's own broadcast can't be told without its mask, but .255 is by far the most usual.</summary>
    public bool IsBroadcast => IsV4 && (V4 == uint.MaxValue || (V4 & 0xFF) == 0xFF);

    public bool IsUnspecified => IsV4 ? V4 == 0 : Value == 0;

    public bool IsLoopback => IsV4 ? V4 >> 24 == 127 : Value == 1;

    public bool IsLinkLocal => IsV4 ? V4 >> 16 == 0xA9FE : (Value >> 118) == 0x3FA;

    /// <summary>Not reachable over the internet: RFC 1918, 6598, 3927, 4193, loopback, documentation and benchmarking ranges.</summary>
    public bool IsPrivate => IsV4
        ? V4 >> 24 is 10 or 127 or 0 || V4 >> 20 == 0xAC1 || V4 >> 16 is 0xC0A8 or 0xA9FE || V4 >> 22 == 0x191 || V4 >> 17 == 0x6309
            || V4 >> 8 is 0xC00002 or 0xC63364 or 0xCB0071 || V4 >> 28 >= 0xE
        : (Value >> 121) == 0x7E || IsLinkLocal || Value <= 1 || IsMulticast || (Value >> 96) == 0x20010DB8;

    public static NetworkAddress FromV4(uint value) => new(MappedPrefix | value);

    public static NetworkAddress FromV4(ReadOnlySpan<byte> bytes) => FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    public static NetworkAddress FromV6(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public static NetworkAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return written == 4 ? FromV4(bytes[..4]) : FromV6(bytes);
    }

    public int CompareTo(NetworkAddress other) => Value.CompareTo(other.Value);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return (IsV4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes)).ToString();
    }
}
