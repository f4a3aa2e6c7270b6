namespace Culvert;

/// <summary>What one device said to another in one protocol during one interval.</summary>
public sealed record TrafficRecord
{
    /// <summary>The zone it was seen in.</summary>
    public required string Zone { get; init; }

    /// <summary>Start of the interval, in the capture's time.</summary>
    public required DateTimeOffset IntervalStart { get; init; }

    /// <summary>Length of the interval in seconds.</summary>
    public required int IntervalSeconds { get; init; }

    /// <summary>Sender's address (IP, or MAC where there is none).</summary>
    public required string Source { get; init; }

    /// <summary>Receiver's address.</summary>
    public required string Destination { get; init; }

    /// <summary>Protocol, lower case with hyphens.</summary>
    public required string Protocol { get; init; }

    /// <summary>Frames in the interval.</summary>
    public required long Frames { get; init; }

    /// <summary>Bytes on the wire in the interval.</summary>
    public required long Bytes { get; init; }
}
