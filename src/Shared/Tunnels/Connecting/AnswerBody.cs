using System.Globalization;
using System.Text;

namespace Culvert.Tunnels;

/// <summary>The body of an answer that is no tunnel: read so that the connection may be used again, and so that a page can be recognised.</summary>
/// <param name="Text">Its beginning, at most 16 KiB, as Latin-1.</param>
/// <param name="Complete">Whether it was read to its end and the connection stands right behind it.</param>
/// <param name="Leftover">Bytes that came after its end.</param>
internal readonly record struct AnswerBody(string Text, bool Complete, ReadOnlyMemory<byte> Leftover)
{
    private const int MaxText = 16 * 1024;
    private const int MaxBody = 256 * 1024;

    /// <summary>Reads the body that the answer announces. A body that ends with the connection is read until the token says stop, and is never complete.</summary>
    public static async ValueTask<AnswerBody> ReadAsync(Stream stream, ConnectAnswer answer, CancellationToken cancellationToken)
    {
        var source = new PrefixedStream(answer.Leftover, stream);
        var text = new MemoryStream();
        var complete = false;
        try
        {
            if (answer.Field("transfer-encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true)
            {
                complete = await ReadChunkedAsync(source, text, cancellationToken);
            }
            else if (answer.Field("content-length") is { } length)
            {
                complete = long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes <= MaxBody
                    && await CopyAsync(source, text, bytes, cancellationToken);
            }
            else if (answer.Persistent && answer.Status == 407 && source.Remaining.IsEmpty)
            {
                // Neither length nor close: old proxies mean that there is no body.
                complete = true;
            }
            else
            {
                await CopyAsync(source, text, MaxText, cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // What came is enough to recognise a page.
        }

        return new AnswerBody(Encoding.Latin1.GetString(text.GetBuffer(), 0, (int)text.Length), complete, source.Remaining);
    }

    private static async ValueTask<bool> CopyAsync(Stream source, MemoryStream text, long bytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (bytes > 0)
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(bytes, buffer.Length)), cancellationToken);
            if (read == 0)
            {
                return false;
            }

            text.Write(buffer, 0, (int)Math.Min(read, MaxText - text.Length));
            bytes -= read;
        }

        return true;
    }

    private static async ValueTask<bool> ReadChunkedAsync(Stream source, MemoryStream text, CancellationToken cancellationToken)
    {
        for (long total = 0; total <= MaxBody;)
        {
            var line = await ReadLineAsync(source, cancellationToken);
            var size = line?.Split(';')[0].Trim();
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bytes) || bytes is < 0 or > MaxBody)
            {
                return false;
            }

            if (bytes == 0)
            {
                while (await ReadLineAsync(source, cancellationToken) is { } trailer)
                {
                    if (trailer.Length == 0)
                    {
                        return true;
                    }
                }

                return false;
            }

            if (!await CopyAsync(source, text, bytes, cancellationToken) || await ReadLineAsync(source, cancellationToken) is not "")
            {
                return false;
            }

            total += bytes;
        }

        return false;
    }

    private static async ValueTask<string?> ReadLineAsync(Stream source, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < 1024)
        {
            if (await source.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            if (one[0] == (byte)'\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }

        return null;
    }
}
