using System.Net;
using System.Text.Json;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Checks the content of a threat-intelligence package against docs/protocols/cloud-services.md; lists all mistakes, at most 100.</summary>
internal static class PackageContent
{
    private const int MaxMistakes = 100;
    private const int MaxEntries = 200_000;
    private const int MaxPatternBytes = 256;

    public static (string? Version, IReadOnlyList<string> Mistakes) Check(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var mistakes = new List<string>();
            var version = CheckRoot(document.RootElement, mistakes);
            return (version, [.. mistakes.Take(MaxMistakes)]);
        }
        catch (JsonException e)
        {
            return (null, [$"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: not JSON"]);
        }
    }

    private static string? CheckRoot(JsonElement root, List<string> mistakes)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add("the content: expected an object");
            return null;
        }

        var version = Text(root, "version");
        if (!PackageVersion.IsValid(version))
        {
            mistakes.Add("version: expected numbers with dots between, as 2026.11.24.1");
        }

        CheckEach(root, "maliciousAddresses", mistakes, (e, at) =>
        {
            Require(IPAddress.TryParse(Text(e, "address"), out _), $"{at}.address: expected an IPv4 or IPv6 address", mistakes);
            RequireText(e, at, "name", mistakes);
        });
        CheckEach(root, "maliciousDomains", mistakes, (e, at) =>
        {
            Require(HostPort.IsExactHost(Text(e, "domain")), $"{at}.domain: expected an exact domain name", mistakes);
            RequireText(e, at, "name", mistakes);
        });
        CheckEach(root, "payloadSignatures", mistakes, (e, at) =>
        {
            RequireText(e, at, "id", mistakes);
            RequireText(e, at, "name", mistakes);
            RequireText(e, at, "protocol", mistakes);
            Require(
                Text(e, "hex") is { Length: >= 8 and <= MaxPatternBytes * 2 } hex && hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigit),
                $"{at}.hex: expected 4 to {MaxPatternBytes} bytes in hex",
                mistakes);
        });
        CheckEach(root, "vulnerabilities", mistakes, (e, at) =>
        {
            Require(Text(e, "cve")?.StartsWith("CVE-", StringComparison.Ordinal) == true, $"{at}.cve: expected CVE-YEAR-NUMBER", mistakes);
            RequireText(e, at, "vendor", mistakes);
            Require(
                !e.TryGetProperty("cvss", out var score) || (score.ValueKind == JsonValueKind.Number && score.TryGetDouble(out var value) && value is >= 0 and <= 10),
                $"{at}.cvss: expected a number from 0 to 10",
                mistakes);
        });
        return version;
    }

    private static void CheckEach(JsonElement root, string name, List<string> mistakes, Action<JsonElement, string> check)
    {
        if (!root.TryGetProperty(name, out var list))
        {
            return;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxEntries)
        {
            mistakes.Add($"{name}: expected a list of at most {MaxEntries} entries");
            return;
        }

        var index = 0;
        foreach (var element in list.EnumerateArray())
        {
            var at = $"{name}[{index++}]";
            if (mistakes.Count > MaxMistakes)
            {
                return;
            }

            if (element.ValueKind == JsonValueKind.Object)
            {
                check(element, at);
            }
            else
            {
                mistakes.Add($"{at}: expected an object");
            }
        }
    }

    private static void RequireText(JsonElement element, string at, string name, List<string> mistakes) =>
        Require(Text(element, name) is { Length: > 0 and <= 500 }, $"{at}.{name}: expected 1 to 500 characters", mistakes);

    private static void Require(bool good, string mistake, List<string> mistakes)
    {
        if (!good)
        {
            mistakes.Add(mistake);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
