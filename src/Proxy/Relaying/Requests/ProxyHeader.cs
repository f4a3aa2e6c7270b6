using System.Buffers.Binary;
using System.Net;

namespace Culvert.Relaying;

/// <summary>Reads the PROXY header, version 2 (HAProxy's proxy-protocol.txt, section 2.2), which a load balancer puts in front of a connection to say whom it stands for.</summary>
public static class ProxyHeader
{
    /// <summary>The fixed part: signature, version and command, family, length.</summary>
    public const int FixedLength = 16;

    /// <summary>Longer ones are refused: addresses and many type-length-values fit, which are passed over.</summary>
    public const int MaxLength = 4096;

    /// <summary>Twelve bytes that no HTTP request and no TLS record starts with.</summary>
    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header from a leg, not a byte more.</summary>
    /// <returns>The source it names, or null where it names none (LOCAL, or another family): the connection's own address then holds. The fault says why it is
    /// refused; it is empty where the front only looked whether the port is open, as health checks do.</returns>
    public static async ValueTask<(IPEndPoint? Source, string? Fault)> ReadAsync(Leg leg)
    {
        ArgumentNullException.ThrowIfNull(leg);
        var buffer = new byte[FixedLength];
        var filled = await FillAsync(leg, buffer);
        if (filled == 0)
        {
            return (null, "");
        }

        if (buffer.AsSpan(0, Math.Min(filled, 6)).SequenceEqual("PROXY "u8))
        {
            return (null, "a PROXY header of version 1; this listener takes version 2 (send-proxy-v2) from this front");
        }

        if (!buffer.AsSpan(0, Math.Min(filled, 12)).SequenceEqual(Signature[..Math.Min(filled, 12)]))
        {
            return (null, "no PROXY header; this listener expects one of version 2 from this front (proxyProtocolFrom)");
        }

        if (filled < FixedLength || buffer[12] is not (0x20 or 0x21))
        {
            return (null, filled < FixedLength ? "a PROXY header that ends too early" : "a PROXY header of another version than 2, or with an unknown command");
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(14));
        if (length > MaxLength)
        {
            return (null, $"a PROXY header longer than {MaxLength} bytes");
        }

        var rest = new byte[length];
        if (await FillAsync(leg, rest) < length)
        {
            return (null, "a PROXY header that ends too early");
        }

        if (buffer[12] == 0x20)
        {
            return default;
        }

        return buffer[13] switch
        {
            0x11 when length >= 12 => (new IPEndPoint(new IPAddress(rest.AsSpan(0, 4)), BinaryPrimitives.ReadUInt16BigEndian(rest.AsSpan(8))), null),
            0x21 when length >= 36 => (new IPEndPoint(new IPAddress(rest.AsSpan(0, 16)), BinaryPrimitives.ReadUInt16BigEndian(rest.AsSpan(32))), null),
            0x11 or 0x21 => (null, "a PROXY header too short for its addresses"),
            _ => default,
        };
    }

    private static async ValueTask<int> FillAsync(Leg leg, byte[] buffer)
    {
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = await leg.ReadAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                return filled;
            }

            filled += read;
            // What cannot become the signature is told at once: its sender may wait for an answer before it says more.
            if (buffer.Length == FixedLength && !buffer.AsSpan(0, Math.Min(filled, 12)).SequenceEqual(Signature[..Math.Min(filled, 12)]) && filled >= 6)
            {
                return filled;
            }
        }

        return buffer.Length;
    }
}
