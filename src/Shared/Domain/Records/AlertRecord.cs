namespace Culvert;

/// <summary>An alert; a later record with the same id updates it (last detection, occurrences).</summary>
public sealed record AlertRecord
{
    /// <summary>Stable id within the sensor.</summary>
    public required string Id { get; init; }

    /// <summary>Its type in the catalogue, as <c>unpermitted-modbus-function</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The title people read.</summary>
    public required string Title { get; init; }

    /// <summary>What happened, with the values seen.</summary>
    public required string Message { get; init; }

    /// <summary>Who raised it.</summary>
    public required AlertEngine Engine { get; init; }

    /// <summary>How severe.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>One of the 24 categories of Defender for IoT, as "Unauthorized Communication Behavior".</summary>
    public required string Category { get; init; }

    /// <summary>The zone it happened in.</summary>
    public required string Zone { get; init; }

    /// <summary>Protocol, lower case with hyphens; null where none fits.</summary>
    public string? Protocol { get; init; }

    /// <summary>Key of the device that acted.</summary>
    public string? SourceDevice { get; init; }

    /// <summary>Its address at that time.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>Key of the device acted upon.</summary>
    public string? DestinationDevice { get; init; }

    /// <summary>Its address at that time.</summary>
    public string? DestinationAddress { get; init; }

    /// <summary>MITRE ATT&amp;CK for ICS technique ids, as <c>T0843</c>.</summary>
    public IReadOnlyList<string> Techniques { get; init => field = value ?? []; } = [];

    /// <summary>Whether "learn" makes sense for it.</summary>
    public bool Learnable { get; init; }

    /// <summary>First detection, in the capture's time.</summary>
    public required DateTimeOffset FirstDetection { get; init; }

    /// <summary>Last detection, in the capture's time.</summary>
    public required DateTimeOffset LastDetection { get; init; }

    /// <summary>How often it was detected so far, at least 1.</summary>
    public long Occurrences { get; init; } = 1;
}
