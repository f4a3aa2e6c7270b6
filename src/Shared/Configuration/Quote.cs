using System.Globalization;
using System.Text;

namespace Culvert.Configuration;

/// <summary>Shows text from a file in a message: short, on one line, harmless for a terminal.</summary>
internal static class Quote
{
    private const int MaxShown = 80;

    public static string Of(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxShown)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format)
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                shown.Append(c);
            }
        }

        return shown.Append(text.Length > MaxShown ? "…'" : "'").ToString();
    }
}
