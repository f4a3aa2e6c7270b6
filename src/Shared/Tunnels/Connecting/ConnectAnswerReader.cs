using System.Globalization;
using System.Text;

namespace Culvert.Tunnels;

/// <summary>Reads a proxy's answer to CONNECT from a stream of hostile bytes: bounded, and never a byte too many is lost.</summary>
public static class ConnectAnswerReader
{
    private const int MaxInterim = 8;
    private const int MaxShown = 64;
    private const string Unknown = "it answered: ";

    /// <summary>Reads the final answer; interim 1xx answers are passed over (RFC 9110, section 15.2).</summary>
    /// <returns>The answer, or what was wrong. A closed stream gives <see cref="Cause.ConnectionClosed"/>.</returns>
    public static async ValueTask<(ConnectAnswer? Answer, Cause Cause, string? Evidence)> ReadAsync(Stream stream, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 64);
        var buffer = new byte[Math.Min(4096, maxBytes)];
        var filled = 0;
        var scanned = 0;
        for (var interim = 0; ;)
        {
            if (!CouldBeHttp(buffer.AsSpan(0, filled)))
            {
                return (null, Cause.NotAProxy, await NameForeignAsync(stream, buffer, filled, cancellationToken));
            }

            if (FindEnd(buffer.AsSpan(0, filled), scanned) is { } end)
            {
                var answer = Parse(buffer.AsSpan(0, end), out var mistake);
                if (answer is null)
                {
                    return (null, mistake.Cause, mistake.Evidence);
                }

                if (answer.Status >= 200)
                {
                    return (answer with { Leftover = buffer.AsSpan(end, filled - end).ToArray() }, Cause.None, null);
                }

                if (++interim > MaxInterim || answer.Status == 101)
                {
                    return (null, Cause.MalformedAnswer, answer.Status == 101 ? "101 in answer to CONNECT" : "more than 8 interim answers");
                }

                buffer.AsSpan(end, filled - end).CopyTo(buffer);
                (filled, scanned) = (filled - end, 0);
                continue;
            }

            scanned = filled;
            if (filled == buffer.Length)
            {
                if (filled >= maxBytes)
                {
                    return (null, Cause.MalformedAnswer, string.Create(CultureInfo.InvariantCulture, $"header longer than {maxBytes} bytes"));
                }

                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, maxBytes));
            }

            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            if (read == 0)
            {
                return filled == 0
                    ? (null, Cause.ConnectionClosed, "closed without an answer")
                    : (null, Cause.MalformedAnswer, $"closed in the middle of its answer: {Show(buffer.AsSpan(0, filled))}");
            }

            filled += read;
        }
    }

    /// <summary>Whether bytes that are no HTTP are of no other protocol that is known either.</summary>
    internal static bool IsUnknown(string? evidence) => evidence?.StartsWith(Unknown, StringComparison.Ordinal) == true;

    // Line ends may be CRLF or a bare LF (RFC 9112, section 2.2 lets a recipient accept it).
    private static int? FindEnd(ReadOnlySpan<byte> bytes, int scanned)
    {
        for (var i = Math.Max(0, scanned - 3); i < bytes.Length; i++)
        {
            if (bytes[i] != (byte)'\n')
            {
                continue;
            }

            var rest = bytes[(i + 1)..];
            if (rest.StartsWith("\n"u8))
            {
                return i + 2;
            }

            if (rest.StartsWith("\r\n"u8))
            {
                return i + 3;
            }
        }

        return null;
    }

    private static bool CouldBeHttp(ReadOnlySpan<byte> bytes)
    {
        var start = "HTTP/1."u8;
        return bytes.StartsWith(start[..Math.Min(start.Length, bytes.Length)]);
    }

    // A line of what answered says more than its first byte, so it is waited for; but not longer than the caller waits anyway.
    private static async ValueTask<string> NameForeignAsync(Stream stream, byte[] buffer, int filled, CancellationToken cancellationToken)
    {
        try
        {
            while (filled < MaxShown && buffer[0] is >= (byte)' ' and <= (byte)'~' && !buffer.AsSpan(0, filled).Contains((byte)'\n'))
            {
                var read = await stream.ReadAsync(buffer.AsMemory(filled, MaxShown - filled), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                filled += read;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // What came is enough.
        }

        return Foreign(buffer.AsSpan(0, filled));
    }

    private static string Foreign(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x15 or 0x16, ..] => "it answered with TLS: the hop's scheme may have to be https",
        [0x05, ..] or [0x00, ..] => $"it answered with SOCKS (0x{Convert.ToHexStringLower(bytes[..Math.Min(4, bytes.Length)])}): the hop's scheme may have to be socks5",
        _ when bytes.StartsWith("SSH-"u8) => $"an SSH server answered: {Show(bytes)}",
        _ when bytes.StartsWith("220 "u8) || bytes.StartsWith("220-"u8) => $"a mail or file server answered: {Show(bytes)}",
        _ when bytes.StartsWith("HTTP/"u8) => $"it speaks another version of HTTP: {Show(bytes)}",
        _ => $"{Unknown}{Show(bytes)}",
    };

    private static ConnectAnswer? Parse(ReadOnlySpan<byte> header, out (Cause Cause, string Evidence) mistake)
    {
        mistake = default;
        var lines = Encoding.Latin1.GetString(header).Split('\n', StringSplitOptions.None);
        var statusLine = lines[0].TrimEnd('\r');
        if (!statusLine.StartsWith("HTTP/1.", StringComparison.Ordinal)
            || statusLine.Length < 12
            || !char.IsAsciiDigit(statusLine[7]) || statusLine[8] != ' '
            || !int.TryParse(statusLine.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            || status is < 100 or > 599
            || (statusLine.Length > 12 && statusLine[12] != ' '))
        {
            mistake = (statusLine.StartsWith("HTTP/", StringComparison.Ordinal) ? Cause.MalformedAnswer : Cause.NotAProxy, $"status line: {Show(header)}");
            return null;
        }

        var fields = new List<KeyValuePair<string, string>>();
        foreach (var raw in lines.Skip(1))
        {
            var line = raw.TrimEnd('\r');
            if (line.Length == 0)
            {
                continue;
            }

            if (line[0] is ' ' or '\t' && fields.Count > 0)
            {
                // A folded line continues the one before it (RFC 9112, section 5.2).
                fields[^1] = new(fields[^1].Key, Clean($"{fields[^1].Value} {line.Trim()}", 2048));
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line[..colon].Any(c => c is <= ' ' or > '~'))
            {
                mistake = (Cause.MalformedAnswer, $"field line without a name: {Clean(line)}");
                return null;
            }

            fields.Add(new(line[..colon].ToLowerInvariant(), Clean(line[(colon + 1)..].Trim(), 2048)));
        }

        return new ConnectAnswer { Status = status, MinorVersion = statusLine[7] - '0', Reason = Clean(statusLine.Length > 13 ? statusLine[13..] : ""), Fields = fields };
    }

    private static string Show(ReadOnlySpan<byte> bytes) => Clean(Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, MaxShown)]).TrimEnd());

    private static string Clean(string text, int length = 128) =>
        new([.. text.Take(length).Select(c => c is >= ' ' and <= '~' ? c : '.')]);
}
