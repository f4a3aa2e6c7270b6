using System.Text.Json;
using System.Text.RegularExpressions;

namespace Culvert.Planning;

/// <summary>Names what is wrong in an existing configuration, each with line and correction.</summary>
public static partial class ConfigurationLinter
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Which kind of configuration a text is.</summary>
    public static ConfigurationKind KindOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().TrimStart() is ['{' or '[', ..])
        {
            return text.Contains("\"nftables\"", StringComparison.Ordinal) ? ConfigurationKind.NftablesJson
                : text.Contains("ecurityRules\"", StringComparison.Ordinal) || text.Contains("\"access\"", StringComparison.Ordinal) ? ConfigurationKind.AzureNsg
                : ConfigurationKind.Unknown;
        }

        return Squid().IsMatch(text) ? ConfigurationKind.Squid : Nftables().IsMatch(text) ? ConfigurationKind.Nftables : ConfigurationKind.Unknown;
    }

    /// <summary>The findings in the order of their lines. Throws <see cref="FormatException"/> when the text is not what its kind says, or too long.</summary>
    public static IReadOnlyList<LintFinding> Run(string text, ConfigurationKind kind, LintExpectation expectation)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(expectation);
        if (text.Length > MaxLength)
        {
            throw new FormatException($"the text is longer than {MaxLength} characters");
        }

        try
        {
            var findings = kind switch
            {
                ConfigurationKind.Squid => SquidLint.Run(SquidConfiguration.Parse(text), expectation),
                ConfigurationKind.Nftables => NftLint.Run(NftTextReader.Read(text), expectation),
                ConfigurationKind.NftablesJson => NftLint.Run(NftJsonReader.Read(text), expectation),
                ConfigurationKind.AzureNsg => NsgLint.Run(NsgReader.Read(text), expectation),
                _ => throw new FormatException("this is neither a squid.conf, nor nftables (text or JSON), nor an Azure network security group (JSON)"),
            };
            return [.. findings.DistinctBy(f => (f.Rule, f.Line, f.Found)).OrderBy(f => f.Line == 0 ? int.MaxValue : f.Line).ThenByDescending(f => f.Severity)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"the JSON is not what was expected: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"^\s*(http_access|http_port|https_port|acl|cache_peer)\s", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Squid();

    [GeneratedRegex(@"^\s*(#!.*nft|table\s+(inet|ip|ip6|arp|bridge|netdev)\s|(nft\s+)?add\s+(table|chain|rule)\s)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Nftables();
}
