using System.Globalization;
using System.IO.Compression;

namespace Culvert.Analysis;

/// <summary>Makers of network interfaces by the first 24, 28 or 36 bits of their MAC address: the IEEE registries MA-L, MA-M, MA-S and IAB.</summary>
internal static class VendorRegistry
{
    private static readonly Lazy<Dictionary<(int Digits, ulong Prefix), string>> Makers = new(Load);

    /// <summary>The maker, or null: locally administered and group addresses have none.</summary>
    public static string? Find(MacAddress mac)
    {
        if (mac.IsNone || mac.IsLocal || mac.IsGroup)
        {
            return null;
        }

        // The longest prefix wins: a small block lies within a large one of the registry itself.
        foreach (var digits in (ReadOnlySpan<int>)[9, 7, 6])
        {
            if (Makers.Value.TryGetValue((digits, mac.Value >> (48 - (4 * digits))), out var maker))
            {
                return maker;
            }
        }

        return null;
    }

    private static Dictionary<(int Digits, ulong Prefix), string> Load()
    {
        using var resource = typeof(VendorRegistry).Assembly.GetManifestResourceStream("vendors.br")
            ?? throw new InvalidOperationException("The resource vendors.br is missing from the assembly.");
        using var reader = new StreamReader(new BrotliStream(resource, CompressionMode.Decompress));
        var makers = new Dictionary<(int, ulong), string>(40_000);
        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            makers[(tab, ulong.Parse(line.AsSpan(0, tab), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))] = string.Intern(line[(tab + 1)..]);
        }

        return makers;
    }
}
