using System.Buffers.Binary;
using System.Text;

namespace Culvert.Analysis;

/// <summary>Finds the names that clients ask for: in DNS questions, TLS ClientHello, HTTP Host.</summary>
internal static class Names
{
    private const int MaxName = 253;

    /// <summary>The first question of a query; null when it is an answer or malformed.</summary>
    public static string? DnsQuestion(ReadOnlySpan<byte> p)
    {
        if (p.Length < 17 || (p[2] & 0x80) != 0 || BinaryPrimitives.ReadUInt16BigEndian(p[4..]) == 0)
        {
            return null;
        }

        return DnsName(p, 12);
    }

    /// <summary>A name in its uncompressed form; pointers are followed a bounded number of times.</summary>
    public static string? DnsName(ReadOnlySpan<byte> p, int at)
    {
        var name = new StringBuilder();
        for (var jumps = 0; at < p.Length;)
        {
            int length = p[at];
            if (length == 0)
            {
                return name.Length > 0 ? name.ToString() : null;
            }

            if (length >= 0xC0)
            {
                if (++jumps > 8 || at + 1 >= p.Length)
                {
                    return null;
                }

                at = ((length & 0x3F) << 8) | p[at + 1];
                continue;
            }

            if (length > 63 || at + 1 + length > p.Length || name.Length + length > MaxName)
            {
                return null;
            }

            name.Append(name.Length > 0 ? "." : "").Append(Encoding.Latin1.GetString(p.Slice(at + 1, length)));
            at += 1 + length;
        }

        return null;
    }

    /// <summary>The server name of a ClientHello that lies within one segment (RFC 6066, section 3).</summary>
    public static string? TlsServerName(ReadOnlySpan<byte> p)
    {
        if (p.Length < 44 || p[5] != 1)
        {
            return null;
        }

        var at = 43;
        at += 1 + p[at];
        if (at + 2 > p.Length)
        {
            return null;
        }

        at += 2 + BinaryPrimitives.ReadUInt16BigEndian(p[at..]);
        if (at + 1 > p.Length)
        {
            return null;
        }

        at += 1 + p[at];
        at += 2;
        for (var extensions = 0; extensions < 64 && at + 4 <= p.Length; extensions++)
        {
            var (type, length) = (BinaryPrimitives.ReadUInt16BigEndian(p[at..]), BinaryPrimitives.ReadUInt16BigEndian(p[(at + 2)..]));
            at += 4;
            if (type == 0 && length >= 5 && at + length <= p.Length)
            {
                var size = BinaryPrimitives.ReadUInt16BigEndian(p[(at + 3)..]);
                return size <= length - 5 && size <= MaxName ? Encoding.ASCII.GetString(p.Slice(at + 5, size)) : null;
            }

            at += length;
        }

        return null;
    }

    /// <summary>The Host field of a request, without its port.</summary>
    public static string? HttpHost(ReadOnlySpan<byte> p)
    {
        var at = p.IndexOf("\r\nHost: "u8);
        if (at < 0)
        {
            return null;
        }

        var rest = p[(at + 8)..];
        var end = rest.IndexOfAny((byte)'\r', (byte)':');
        return end is > 0 and <= MaxName ? Encoding.ASCII.GetString(rest[..end]) : null;
    }
}
