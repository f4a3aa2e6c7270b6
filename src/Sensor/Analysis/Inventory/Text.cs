using System.Text;

namespace Culvert.Analysis;

/// <summary>Makes text from the wire fit to be shown: bounded, printable, trimmed.</summary>
internal static class Text
{
    public const int MaxLength = 128;

    /// <summary>Null when nothing printable is left.</summary>
    public static string? Clean(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var clean = new string([.. text.Take(MaxLength * 2).Where(c => !char.IsControl(c) && c != '\uFFFD')]).Trim();
        return clean.Length == 0 ? null : clean.Length <= MaxLength ? clean : clean[..MaxLength];
    }

    public static string? FromUtf8(ReadOnlySpan<byte> bytes) => Clean(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MaxLength * 2)].TrimEnd((byte)0)));
}
