#:property PublishAot=false
// Makes src/Sensor/Analysis/Inventory/vendors.br from the IEEE registries (oui.csv, mam.csv, oui36.csv, iab.csv), as Debian's package
// ieee-data holds them. IEEE asserts no copyright in these listings.
// Run: dotnet run eng/make-vendors.cs -- /usr/share/ieee-data src/Sensor/Analysis/Inventory/vendors.br
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

var (source, target) = (args[0], args[1]);
var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
foreach (var name in new[] { "oui.csv", "mam.csv", "oui36.csv", "iab.csv" })
{
    foreach (var line in File.ReadLines(Path.Combine(source, name)).Skip(1))
    {
        var match = Regex.Match(line, "^[^,]*,([0-9A-F]{6,9}),(?:\"((?:[^\"]|\"\")*)\"|([^,]*)),");
        if (match.Success)
        {
            var vendor = (match.Groups[2].Success ? match.Groups[2].Value.Replace("\"\"", "\"") : match.Groups[3].Value).Trim();
            if (vendor is not ("Private" or "IEEE Registration Authority" or ""))
            {
                rows[match.Groups[1].Value] = vendor;
            }
        }
    }
}

using var file = File.Create(target);
using var compressed = new BrotliStream(file, CompressionLevel.SmallestSize);
using var writer = new StreamWriter(compressed, new UTF8Encoding(false)) { NewLine = "\n" };
foreach (var (prefix, vendor) in rows)
{
    writer.WriteLine($"{prefix}\t{vendor}");
}

Console.WriteLine($"{rows.Count} prefixes");
