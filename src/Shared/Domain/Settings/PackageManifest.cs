namespace Culvert;

/// <summary>What a package is. The version is ordered as text (<c>2026.11.24.1</c>, zero-padded parts compare as numbers part by part).</summary>
public sealed record PackageManifest
{
    /// <summary><c>threatIntelligence</c> or <c>software</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its version: numbers with dots, each newer one larger; a sensor never goes back by itself.</summary>
    public required string Version { get; init; }

    /// <summary>Path of the content at the downloads endpoint.</summary>
    public required string ContentPath { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-256 of the content, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A manifest as served: the exact bytes that were signed, and the signature.</summary>
/// <param name="Content">UTF-8 JSON of a <see cref="PackageManifest"/>, base64.</param>
/// <param name="Signature">ECDSA (P-384, SHA-384, IEEE P1363 form) over the decoded content, base64.</param>
public sealed record SignedPackageManifest(string Content, string Signature);
