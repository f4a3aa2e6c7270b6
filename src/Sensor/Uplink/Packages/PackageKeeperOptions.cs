namespace Culvert.Uplink;

/// <summary>How packages are kept.</summary>
public sealed record PackageKeeperOptions
{
    /// <summary>Folder of the packages; made where it is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>PEM of the public key that signs manifests, from the activation file.</summary>
    public required string SigningKeyPem { get; init; }

    /// <summary>Whether the newest package is applied as it comes where the cloud orders none.</summary>
    public bool Automatic { get; init; }

    /// <summary>Parses, tests and swaps a package in: version and content in, null out, or why it cannot be used. What was in use must still be when it fails.</summary>
    public required Func<string, ReadOnlyMemory<byte>, string?> Install { get; init; }
}

/// <summary>What to report of the package.</summary>
/// <param name="Version">The one in use; null for none.</param>
/// <param name="Status">Ok, InProgress, UpdateAvailable or Failed.</param>
/// <param name="Error">Why the last one was not taken; null when it was.</param>
public sealed record PackageStatus(string? Version, string Status, string? Error);
