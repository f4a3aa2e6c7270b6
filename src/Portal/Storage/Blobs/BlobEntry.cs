namespace Culvert.Storage;

/// <summary>A blob's properties.</summary>
public sealed record BlobEntry
{
    /// <summary>Its container.</summary>
    public required string Container { get; init; }

    /// <summary>Its name within the container.</summary>
    public required string Name { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>MIME type.</summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>MD5 of the content, for the protocol's Content-MD5; null when it was not asked for.</summary>
    public byte[]? ContentMd5 { get; init; }

    /// <summary>SHA-256 of the content, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Changes with every write.</summary>
    public required string ETag { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Free key and value pairs.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
