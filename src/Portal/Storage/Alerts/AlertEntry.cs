namespace Culvert.Storage;

/// <summary>An alert as the portal lists it: the latest record and where it stands.</summary>
public sealed record AlertEntry
{
    /// <summary>The sensor that raised it.</summary>
    public required string Sensor { get; init; }

    /// <summary>The sensor's site.</summary>
    public required string Site { get; init; }

    /// <summary>Its latest record; first detection is the earliest ever said, last detection the latest.</summary>
    public required AlertRecord Record { get; init; }

    /// <summary>Where it stands.</summary>
    public AlertStatus Status { get; init; }

    /// <summary>Who set the status; null while nobody did.</summary>
    public string? StatusBy { get; init; }

    /// <summary>When the status was set.</summary>
    public DateTimeOffset? StatusAt { get; init; }

    /// <summary>When a record of it last arrived.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Evidence captures stored for it.</summary>
    public IReadOnlyList<EvidenceRecord> Evidence { get; init; } = [];
}
