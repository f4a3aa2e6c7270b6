namespace Culvert;

/// <summary>How one capture source (mirror port or file) is.</summary>
public sealed record SourceHealth
{
    /// <summary>Interface or file name.</summary>
    public required string Name { get; init; }

    /// <summary>The zone its traffic belongs to.</summary>
    public required string Zone { get; init; }

    /// <summary>Packets analysed since start.</summary>
    public long Packets { get; init; }

    /// <summary>Bytes analysed since start.</summary>
    public long Bytes { get; init; }

    /// <summary>Packets that were malformed or truncated.</summary>
    public long Malformed { get; init; }

    /// <summary>Time of the last packet, in the capture's time.</summary>
    public DateTimeOffset? LastPacketAt { get; init; }

    /// <summary>Whether a replay has reached its end; false for a live interface.</summary>
    public bool Finished { get; init; }
}
