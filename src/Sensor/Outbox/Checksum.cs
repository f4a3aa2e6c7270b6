using System.Buffers.Binary;
using System.Numerics;

namespace Culvert.Outbox;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), one machine instruction for eight bytes.</summary>
internal static class Checksum
{
    /// <summary>The checksum of the bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var single in bytes)
        {
            crc = BitOperations.Crc32C(crc, single);
        }

        return ~crc;
    }
}
