namespace Culvert.Storage;

/// <summary>A blob to be written.</summary>
public sealed record BlobWrite
{
    /// <summary>Its container.</summary>
    public required string Container { get; init; }

    /// <summary>Its name within the container.</summary>
    public required string Name { get; init; }

    /// <summary>MIME type.</summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>Free key and value pairs.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Most bytes it may have.</summary>
    public required long MaxBytes { get; init; }

    /// <summary>Now.</summary>
    public required DateTimeOffset At { get; init; }
}
