using System.Buffers;
using System.Text;

namespace Culvert.Relaying;

/// <summary>Reads the head of a CONNECT request (RFC 9112, sections 2 to 5) strictly: what two programs could read differently is refused, as that is how requests are smuggled.</summary>
public static class RequestParser
{
    /// <summary>More field lines than this are refused.</summary>
    public const int MaxFields = 100;

    private static readonly SearchValues<byte> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Control = SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (byte)c), 127]);

    /// <summary>The length of the head, its empty line included; 0 when it is not complete.</summary>
    /// <param name="bytes">What was read so far.</param>
    /// <param name="searched">How many bytes at the start were searched before.</param>
    public static int HeadLength(ReadOnlySpan<byte> bytes, int searched)
    {
        var from = Math.Max(0, searched - 3);
        var at = bytes[from..].IndexOf("\r\n\r\n"u8);
        return at < 0 ? 0 : from + at + 4;
    }

    /// <summary>Whether the bytes so far can still become a CONNECT request; saves waiting for the end of what is none.</summary>
    public static bool CanBeConnect(ReadOnlySpan<byte> bytes)
    {
        var start = "CONNECT "u8;
        var common = Math.Min(start.Length, bytes.Length);
        return bytes[..common].SequenceEqual(start[..common]) || MethodLength(bytes) is > 0;
    }

    /// <summary>Whether a line ends without a carriage return: it is refused, and need not be waited for.</summary>
    /// <param name="bytes">What was read so far.</param>
    /// <param name="searched">How many bytes at the start were searched before.</param>
    public static bool HasBareLineFeed(ReadOnlySpan<byte> bytes, int searched)
    {
        for (var at = searched; at < bytes.Length; at++)
        {
            var next = bytes[at..].IndexOf((byte)'\n');
            if (next < 0)
            {
                return false;
            }

            at += next;
            if (at == 0 || bytes[at - 1] != (byte)'\r')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a head. Gives the request, or why it is refused.</summary>
    public static (AskedTunnel? Asked, Refusal? Refusal) Parse(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf("\r\n"u8);
        var line = head[..end];
        if (line.ContainsAny(Control) || line.Contains((byte)'\t'))
        {
            return (null, Refusal.Malformed("a control character in the request line"));
        }

        if (!line.StartsWith("CONNECT "u8))
        {
            return (null, MethodLength(line) is > 0 ? Refusal.NotConnect() : Refusal.Malformed("this is not an HTTP request"));
        }

        var rest = line[8..];
        var space = rest.IndexOf((byte)' ');
        if (space <= 0 || (!rest[(space + 1)..].SequenceEqual("HTTP/1.1"u8) && !rest[(space + 1)..].SequenceEqual("HTTP/1.0"u8)))
        {
            return (null, Refusal.Malformed("the request line is not 'CONNECT host:port HTTP/1.1'"));
        }

        if (space > 300 || !KnownTargets.TryParse(rest[..space], out var destination))
        {
            return (null, Refusal.Malformed("the target is not one exact host:port"));
        }

        var fields = new Fields();
        var refusal = fields.Read(head[(end + 2)..^2], rest[..space], destination);
        if (refusal is null && fields.Hosts == 0 && rest[space + 8] == (byte)'1')
        {
            refusal = Refusal.Malformed("HTTP/1.1 without Host");
        }

        return refusal is not null
            ? (null, refusal)
            : (new AskedTunnel { Destination = destination, Authorization = fields.Authorization, Via = fields.Via }, null);
    }

    private static int MethodLength(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.IndexOf((byte)' ');
        if (length < 0)
        {
            return bytes.Length <= 16 && !bytes.ContainsAnyExceptInRange((byte)'A', (byte)'Z') ? bytes.Length : -1;
        }

        return length is > 0 and <= 16 && !bytes[..length].ContainsAnyExceptInRange((byte)'A', (byte)'Z') ? length : -1;
    }

    private ref struct Fields
    {
        public int Hosts;
        public string? Authorization;
        public string? Via;

        public Refusal? Read(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> target, HostPort destination)
        {
            for (var count = 0; !lines.IsEmpty; count++)
            {
                if (count == MaxFields)
                {
                    return Refusal.HeaderTooLarge($"more than {MaxFields} fields");
                }

                var end = lines.IndexOf("\r\n"u8);
                var line = lines[..end];
                lines = lines[(end + 2)..];
                if (line[0] is (byte)' ' or (byte)'\t')
                {
                    return Refusal.Malformed("a folded field line");
                }

                var colon = line.IndexOf((byte)':');
                if (colon <= 0 || line[..colon].ContainsAnyExcept(Token))
                {
                    return Refusal.Malformed("a field line without a proper name");
                }

                var value = Trim(line[(colon + 1)..]);
                if (value.ContainsAny(Control))
                {
                    return Refusal.Malformed("a control character in a field");
                }

                if (Take(line[..colon], value, target, destination) is { } refusal)
                {
                    return refusal;
                }
            }

            return null;
        }

        private Refusal? Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ReadOnlySpan<byte> target, HostPort destination)
        {
            if (Is(name, "host"u8))
            {
                return ++Hosts > 1 ? Refusal.Malformed("two Host fields")
                    : value.SequenceEqual(target) || SameHost(value, destination) ? null : Refusal.Malformed("Host is not the host of the target");
            }

            if (Is(name, "proxy-authorization"u8))
            {
                if (Authorization is not null)
                {
                    return Refusal.Malformed("two Proxy-Authorization fields");
                }

                Authorization = Encoding.Latin1.GetString(value);
                return null;
            }

            if (Is(name, "via"u8))
            {
                var text = Encoding.Latin1.GetString(value);
                Via = Via is null ? text : $"{Via}, {text}";
                return null;
            }

            // CONNECT has no content (RFC 9110, section 9.3.6): a length would let the bytes after the head be read in two ways.
            if (Is(name, "transfer-encoding"u8) || (Is(name, "content-length"u8) && !value.SequenceEqual("0"u8)))
            {
                return Refusal.Malformed("CONNECT with content");
            }

            return null;
        }

        // Some clients send Host without the port (tinyproxy does).
        private static bool SameHost(ReadOnlySpan<byte> value, HostPort destination)
        {
            Span<char> text = stackalloc char[300];
            if (value.Length is 0 or > 300)
            {
                return false;
            }

            Encoding.Latin1.GetChars(value, text);
            var host = text[..value.Length];
            if (HostPort.TryParse(host.ToString(), out var both))
            {
                return both == destination;
            }

            return HostPort.IsExactHost(host.ToString()) && new HostPort(host.ToString(), destination.Port) == destination;
        }

        private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);

        private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowerCase) => Ascii.EqualsIgnoreCase(name, lowerCase);
    }
}
