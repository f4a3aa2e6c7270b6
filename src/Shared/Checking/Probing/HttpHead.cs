using System.Globalization;
using System.Text;

namespace Culvert.Checking;

/// <summary>The head of an HTTP/1 answer, and what came with it. Reads leniently: a check wants to see what others send, right or wrong.</summary>
internal sealed record HttpHead(int Status, string Reason, IReadOnlyList<KeyValuePair<string, string>> Fields, string Body)
{
    public const int MaxHead = 32 * 1024;
    public const int MaxBody = 8 * 1024;

    /// <summary>As it stood, cleaned.</summary>
    public string Line => $"{Status.ToString(CultureInfo.InvariantCulture)} {Reason}".TrimEnd();

    public string? Field(string lowerCaseName)
    {
        var values = Fields.Where(f => f.Key == lowerCaseName).Select(f => f.Value).ToArray();
        return values.Length == 0 ? null : string.Join(", ", values);
    }

    /// <summary>Reads what a peer sends: its head when it is HTTP, else its first bytes. Ends at the end of the head, the end of the stream, or the limit.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="heard">Gets the bytes as they come, so that what came is known also when the reading is given up.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<(HttpHead? Head, byte[] Seen)> ReadAsync(Stream stream, Heard heard, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var filled = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            heard.Add(buffer.AsSpan(filled, read));
            filled += read;
            if (filled >= 12 && !buffer.AsSpan().StartsWith("HTTP/"u8))
            {
                return (null, buffer[..Math.Min(filled, 256)]);
            }

            if (EndOf(buffer.AsSpan(0, filled)) is { } end)
            {
                var head = Parse(Encoding.Latin1.GetString(buffer, 0, end), Encoding.Latin1.GetString(buffer, end, filled - end));
                if (head is not { Status: >= 100 and < 200 and not 101 })
                {
                    return (head, buffer[..Math.Min(filled, 256)]);
                }

                buffer.AsSpan(end, filled - end).CopyTo(buffer);
                filled -= end;
                continue;
            }

            if (read == 0 || filled >= MaxHead)
            {
                return (null, buffer[..Math.Min(filled, 256)]);
            }

            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    /// <summary>The same with more of the body, up to <see cref="MaxBody"/>; ends early without complaint.</summary>
    public async ValueTask<HttpHead> WithBodyAsync(Stream stream, CancellationToken cancellationToken)
    {
        var body = new StringBuilder(Body);
        var buffer = new byte[2048];
        try
        {
            var wanted = int.TryParse(Field("content-length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? Math.Min(length, MaxBody) : MaxBody;
            while (body.Length < wanted)
            {
                var read = await stream.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                {
                    break;
                }

                body.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // What came so far is enough to know a page by.
        }

        return this with { Body = body.ToString() };
    }

    /// <summary>Text of a stranger, safe to show.</summary>
    public static string Clean(string text, int length = 128) => new([.. text.Take(length).Select(c => c is >= ' ' and <= '~' ? c : '.')]);

    private static int? EndOf(ReadOnlySpan<byte> bytes)
    {
        var crlf = bytes.IndexOf("\r\n\r\n"u8);
        var lf = bytes.IndexOf("\n\n"u8);
        return crlf >= 0 && (lf < 0 || crlf < lf) ? crlf + 4 : lf >= 0 ? lf + 2 : null;
    }

    private static HttpHead? Parse(string head, string rest)
    {
        var lines = head.Split('\n');
        var words = lines[0].TrimEnd('\r').Split(' ', 3);
        if (words.Length < 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 100 or > 999)
        {
            return null;
        }

        var fields = new List<KeyValuePair<string, string>>();
        foreach (var line in lines.Skip(1).Take(200))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                fields.Add(new(Clean(line[..colon].Trim()).ToLowerInvariant(), Clean(line[(colon + 1)..].Trim(), 1024)));
            }
        }

        return new HttpHead(status, Clean(words.Length > 2 ? words[2] : ""), fields, rest);
    }
}
