namespace Culvert.Storage;

/// <summary>A package that the sensors can fetch.</summary>
public sealed record PackageEntry
{
    /// <summary><c>threatIntelligence</c> or <c>software</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Length of the content in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-256 of the content, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The manifest as it is served.</summary>
    public required SignedPackageManifest Manifest { get; init; }

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who uploaded it.</summary>
    public required string UploadedBy { get; init; }
}
