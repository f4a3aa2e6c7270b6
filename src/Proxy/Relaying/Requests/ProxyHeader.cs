using System.Buffers.Binary;
using System.Net;

namespace Culvert.Relaying;

/// <summary>Reads the PROXY header, version 2 (HAProxy's proxy-protocol.txt, section 2.2), which a load balancer puts in front of a connection to say whom it stands for.</summary>
public static class ProxyHeader
{
    /// <summary>The fixed part: signature, version and command, family, length.</summary>
    public const int FixedLength = 16;

    /// <summary>Longer ones are refused: addresses and a few type-length-values fit.</summary>
    public const int MaxLength = 536;

    /// <summary>Twelve bytes that no HTTP request and no TLS record starts with.</summary>
    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header from a leg, not a byte more.</summary>
    /// <returns>The source it names; null with <c>Ok</c> where it names none (LOCAL, or another family): the connection's own address then holds.</returns>
    public static async ValueTask<(bool Ok, IPEndPoint? Source)> ReadAsync(Leg leg)
    {
        ArgumentNullException.ThrowIfNull(leg);
        var buffer = new byte[FixedLength];
        if (!await FillAsync(leg, buffer) || !buffer.AsSpan(0, 12).SequenceEqual(Signature) || buffer[12] is not (0x20 or 0x21))
        {
            return (false, null);
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(14));
        var rest = new byte[length <= MaxLength ? length : 0];
        if (length > MaxLength || !await FillAsync(leg, rest))
        {
            return (false, null);
        }

        if (buffer[12] == 0x20)
        {
            return (true, null);
        }

        return buffer[13] switch
        {
            0x11 => length >= 12 ? (true, new IPEndPoint(new IPAddress(rest.AsSpan(0, 4)), BinaryPrimitives.ReadUInt16BigEndian(rest.AsSpan(8)))) : (false, null),
            0x21 => length >= 36 ? (true, new IPEndPoint(new IPAddress(rest.AsSpan(0, 16)), BinaryPrimitives.ReadUInt16BigEndian(rest.AsSpan(32)))) : (false, null),
            _ => (true, null),
        };
    }

    private static async ValueTask<bool> FillAsync(Leg leg, byte[] buffer)
    {
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = await leg.ReadAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                return false;
            }

            filled += read;
        }

        return true;
    }
}
