using System.Text;

namespace Culvert.Configuration;

/// <summary>Reads a YAML settings file into a model: no reflection, bounded in size and depth, all mistakes at once with their lines.</summary>
/// <remarks>
/// Mistakes too are: a key that nobody asked for, a key written twice, aliases and anchors (they allow exponential growth), tags, a
/// second document. YAML 1.2 (yaml.org/spec/1.2.2); JSON is a subset of it and can be read as well.
/// </remarks>
public static class SettingsFile
{
    /// <summary>The largest file read, in bytes: far more than any site needs, little enough to be harmless.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>How deep values may be nested.</summary>
    public const int MaxDepth = 32;

    /// <summary>The most mistakes told of one file; one more line says how many were left out.</summary>
    public const int MaxMistakes = 100;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file. A file that is missing or cannot be read is a mistake in the result, not an exception.</summary>
    /// <param name="path">The file; relative paths in it are relative to its folder.</param>
    /// <param name="read">Makes the model of the file's top mapping. It runs even when fields are wrong (they then have their
    /// defaults), so that all mistakes are found; its result is dropped in that case.</param>
    public static SettingsResult<T> Load<T>(string path, Func<SettingsMapping, T> read)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string text;
        try
        {
            text = ReadBounded(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            var found = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "the file does not exist",
                UnauthorizedAccessException when Directory.Exists(path) => "this is a folder",
                UnauthorizedAccessException => "the file may not be read by this user",
                DecoderFallbackException => "the file is not UTF-8 text",
                _ => e.Message,
            };
            return new SettingsResult<T>(null, [new(path, 0, 0, "", found, $"expected a readable YAML file of at most {MaxBytes / 1024} KiB")]);
        }

        return Parse(text, path, read);
    }

    /// <summary>Reads a text as if it stood in the file named.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="path">The name for mistakes, and the folder that relative paths start from.</param>
    /// <param name="read">As for <see cref="Load{T}"/>.</param>
    public static SettingsResult<T> Parse<T>(string text, string path, Func<SettingsMapping, T> read)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(read);
        var document = new SettingsDocument(path);
        if (new NodeLoader(document).Load(text) is not { } root)
        {
            return new SettingsResult<T>(null, document.Mistakes);
        }

        var value = read(document.Open(root, ""));
        document.ReportUnknownKeys();
        return new SettingsResult<T>(document.HasMistakes ? null : value, document.Mistakes);
    }

    private static string ReadBounded(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        var buffer = new byte[MaxBytes + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length > MaxBytes ? throw new IOException("the file is too large") : StrictUtf8.GetString(buffer, 0, length);
    }
}
