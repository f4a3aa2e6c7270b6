using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Culvert.Analysis;

/// <summary>What is known to be malicious: the content of a threat-intelligence package, checked, immutable, built for look-up.</summary>
public sealed class ThreatIntelligence
{
    /// <summary>The largest content, in bytes.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const int MaxMistakes = 100;
    private const int MinSignature = 4;
    private const int MaxSignature = 256;
    private readonly FrozenDictionary<NetworkAddress, string> _addresses;
    private readonly FrozenDictionary<string, string> _domains;
    private readonly FrozenDictionary<uint, PayloadSignature[]> _signatures;

    private ThreatIntelligence(string version, Dictionary<NetworkAddress, string> addresses, Dictionary<string, string> domains, List<PayloadSignature> signatures, int vulnerabilities)
    {
        Version = version;
        Vulnerabilities = vulnerabilities;
        _addresses = addresses.ToFrozenDictionary();
        _domains = domains.ToFrozenDictionary(StringComparer.Ordinal);
        _signatures = signatures.GroupBy(s => PrefixOf(s.Bytes)).ToFrozenDictionary(g => g.Key, g => g.ToArray());
    }

    /// <summary>Nothing is known; the version is empty.</summary>
    public static ThreatIntelligence None { get; } = new("", [], [], [], 0);

    /// <summary>The package's version.</summary>
    public string Version { get; }

    /// <summary>Malicious addresses.</summary>
    public int Addresses => _addresses.Count;

    /// <summary>Payload signatures.</summary>
    public int Signatures => _signatures.Sum(s => s.Value.Length);

    /// <summary>Known vulnerabilities.</summary>
    public int Vulnerabilities { get; }

    /// <summary>Whether payloads have to be searched at all.</summary>
    internal bool HasDomains => _domains.Count > 0;

    internal bool HasSignatures => _signatures.Count > 0;

    /// <summary>Reads a package's content. All mistakes are told, up to 100, each with its field and what was expected; then the result is null.</summary>
    public static ThreatIntelligence? Read(ReadOnlyMemory<byte> content, out IReadOnlyList<string> mistakes)
    {
        var found = new List<string>();
        mistakes = found;
        if (content.Length > MaxBytes)
        {
            found.Add($"the content has {content.Length} bytes; at most {MaxBytes} are accepted");
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 8 });
            var result = Read(document.RootElement, found);
            if (found.Count > MaxMistakes)
            {
                found.RemoveRange(MaxMistakes, found.Count - MaxMistakes);
            }

            return found.Count == 0 ? result : null;
        }
        catch (JsonException e)
        {
            found.Add($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: not JSON: {e.Message}");
            return null;
        }
    }

    internal string? FindAddress(NetworkAddress address) => _addresses.GetValueOrDefault(address);

    /// <summary>The entry for a name or any domain above it.</summary>
    internal string? FindDomain(string name)
    {
        for (var rest = name.ToLowerInvariant().TrimEnd('.'); rest.Length > 0;)
        {
            if (_domains.TryGetValue(rest, out var entry))
            {
                return entry;
            }

            var dot = rest.IndexOf('.', StringComparison.Ordinal);
            rest = dot < 0 ? "" : rest[(dot + 1)..];
        }

        return null;
    }

    internal PayloadSignature? FindPayload(ReadOnlySpan<byte> payload)
    {
        for (var i = 0; i + MinSignature <= payload.Length; i++)
        {
            if (_signatures.TryGetValue(PrefixOf(payload[i..]), out var candidates))
            {
                foreach (var candidate in candidates)
                {
                    if (payload[i..].StartsWith(candidate.Bytes))
                    {
                        return candidate;
                    }
                }
            }
        }

        return null;
    }

    private static uint PrefixOf(ReadOnlySpan<byte> bytes) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ThreatIntelligence? Read(JsonElement root, List<string> mistakes)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add("the content is not a JSON object");
            return null;
        }

        var version = Text(root, "version", "", mistakes);
        if (version.Length > 0 && !version.Split('.').All(part => part.Length is > 0 and <= 9 && part.All(char.IsAsciiDigit)))
        {
            mistakes.Add($"version: '{version}'; expected numbers with dots, as 2026.11.24.1");
        }

        var addresses = new Dictionary<NetworkAddress, string>();
        foreach (var (item, field) in Items(root, "maliciousAddresses", mistakes))
        {
            var text = Text(item, "address", field, mistakes);
            if (text.Length > 0 && !IPAddress.TryParse(text, out _))
            {
                mistakes.Add($"{field}.address: '{text}'; expected an IPv4 or IPv6 address");
            }
            else if (text.Length > 0)
            {
                addresses[NetworkAddress.From(IPAddress.Parse(text))] = Text(item, "name", field, mistakes);
            }
        }

        var domains = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (item, field) in Items(root, "maliciousDomains", mistakes))
        {
            var text = Text(item, "domain", field, mistakes);
            if (text.Length > 0 && !HostPort.IsExactHost(text))
            {
                mistakes.Add($"{field}.domain: '{text}'; expected a domain name without wildcards");
            }
            else if (text.Length > 0)
            {
                domains[text.ToLowerInvariant().TrimEnd('.')] = Text(item, "name", field, mistakes);
            }
        }

        var signatures = new List<PayloadSignature>();
        foreach (var (item, field) in Items(root, "payloadSignatures", mistakes))
        {
            var (id, name, hex) = (Text(item, "id", field, mistakes), Text(item, "name", field, mistakes), Text(item, "hex", field, mistakes));
            if (hex.Length % 2 != 0 || !hex.All(char.IsAsciiHexDigit) || hex.Length / 2 is < MinSignature or > MaxSignature)
            {
                mistakes.Add($"{field}.hex: expected {MinSignature} to {MaxSignature} bytes as hexadecimal digits");
            }
            else
            {
                signatures.Add(new PayloadSignature(signatures.Count, id, name, Convert.FromHexString(hex)));
            }
        }

        var vulnerabilities = 0;
        foreach (var (item, field) in Items(root, "vulnerabilities", mistakes))
        {
            var cve = Text(item, "cve", field, mistakes);
            if (cve.Length > 0 && !cve.StartsWith("CVE-", StringComparison.Ordinal))
            {
                mistakes.Add($"{field}.cve: '{cve}'; expected CVE-year-number");
            }

            vulnerabilities++;
        }

        return new ThreatIntelligence(version, addresses, domains, signatures, vulnerabilities);
    }

    private static IEnumerable<(JsonElement Item, string Field)> Items(JsonElement root, string name, List<string> mistakes)
    {
        if (!root.TryGetProperty(name, out var list))
        {
            yield break;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            mistakes.Add($"{name}: expected a list");
            yield break;
        }

        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            var field = string.Create(CultureInfo.InvariantCulture, $"{name}[{index++}]");
            if (item.ValueKind != JsonValueKind.Object)
            {
                mistakes.Add($"{field}: expected an object");
            }
            else if (mistakes.Count <= MaxMistakes)
            {
                yield return (item, field);
            }
        }
    }

    private static string Text(JsonElement item, string name, string field, List<string> mistakes)
    {
        var path = field.Length == 0 ? name : $"{field}.{name}";
        if (!item.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and <= 512 } text)
        {
            mistakes.Add($"{path}: expected text of 1 to 512 characters");
            return "";
        }

        return text;
    }
}
