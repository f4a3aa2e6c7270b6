using System.Globalization;

namespace Culvert.Storage;

/// <summary>Versions of packages: numbers with dots, compared number by number.</summary>
public static class PackageVersion
{
    private const int MaxParts = 8;

    /// <summary>Whether a text is a version: one to eight numbers of at most nine digits, with dots between.</summary>
    /// <param name="text">The text.</param>
    public static bool IsValid(string? text) =>
        text is not null && text.Split('.') is { Length: <= MaxParts } parts && parts.All(p => p.Length is > 0 and <= 9 && p.All(char.IsAsciiDigit));

    /// <summary>Compares two versions; a missing part counts as 0.</summary>
    /// <param name="left">A valid version.</param>
    /// <param name="right">A valid version.</param>
    /// <exception cref="FormatException">Either is not a version.</exception>
    public static int Compare(string left, string right)
    {
        var (a, b) = (Parse(left), Parse(right));
        for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            var order = (i < a.Length ? a[i] : 0).CompareTo(i < b.Length ? b[i] : 0);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static int[] Parse(string text) => IsValid(text)
        ? [.. text.Split('.').Select(p => int.Parse(p, CultureInfo.InvariantCulture))]
        : throw new FormatException($"'{text}' is not a version; expected numbers with dots between.");
}
