namespace Culvert;

/// <summary>Says that a capture of the traffic behind an alert was stored in blob storage.</summary>
public sealed record EvidenceRecord
{
    /// <summary>The alert it belongs to.</summary>
    public required string AlertId { get; init; }

    /// <summary>Blob name within the sensor's container.</summary>
    public required string BlobName { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-256 of the content, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When it was cut out.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
