using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Culvert.Uplink;

/// <summary>A package's version: one to eight numbers with dots between, compared number by number (<c>2026.11.24.1</c> is older than <c>2026.11.24.10</c>).</summary>
internal sealed class PackageVersion : IComparable<PackageVersion>
{
    private const int MaxParts = 8;
    private readonly long[] _parts;

    private PackageVersion(long[] parts, string text) => (_parts, Text) = (parts, text);

    /// <summary>As it was written; safe as a file name.</summary>
    public string Text { get; }

    /// <summary>Reads a version.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PackageVersion? version)
    {
        version = null;
        var parts = (text ?? "").Split('.');
        if (parts.Length > MaxParts)
        {
            return false;
        }

        var numbers = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length is 0 or > 12 || !long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return false;
            }
        }

        version = new PackageVersion(numbers, text!);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(PackageVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        for (var i = 0; i < Math.Max(_parts.Length, other._parts.Length); i++)
        {
            var difference = _parts.ElementAtOrDefault(i).CompareTo(other._parts.ElementAtOrDefault(i));
            if (difference != 0)
            {
                return difference;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
