using System.Text;

namespace Culvert.Cli;

/// <summary>Reads files that others made, up to a limit.</summary>
internal static class BoundedFile
{
    /// <summary>The file's text; null after a complaint when it cannot be read, is too long, or is no text.</summary>
    public static string? ReadText(string path, int maxLength, Output output)
    {
        if (Read(path, maxLength, output) is not { } bytes)
        {
            return null;
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            output.Complain($"{path} is no UTF-8 text.");
            return null;
        }
    }

    /// <summary>The file's bytes; null after a complaint when it cannot be read or is too long.</summary>
    public static byte[]? Read(string path, int maxLength, Output output)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
            if (stream.CanSeek && stream.Length > maxLength)
            {
                output.Complain($"{path} is longer than {maxLength} bytes.");
                return null;
            }

            using var copy = new MemoryStream();
            var buffer = new byte[64 * 1024];
            for (int n; (n = stream.Read(buffer)) > 0;)
            {
                copy.Write(buffer, 0, n);
                if (copy.Length > maxLength)
                {
                    output.Complain($"{path} is longer than {maxLength} bytes.");
                    return null;
                }
            }

            return copy.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            output.Complain(e is FileNotFoundException or DirectoryNotFoundException ? $"{path} does not exist." : e.Message);
            return null;
        }
    }
}
