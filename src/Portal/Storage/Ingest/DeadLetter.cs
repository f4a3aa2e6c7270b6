namespace Culvert.Storage;

/// <summary>A record that could not be understood, kept with the reason.</summary>
public sealed record DeadLetter
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>Who sent it.</summary>
    public required string Sensor { get; init; }

    /// <summary>Why it could not be understood.</summary>
    public required string Reason { get; init; }

    /// <summary>The record as it came, at most 64 KiB of it, as UTF-8 text.</summary>
    public required string Raw { get; init; }

    /// <summary>Its length in bytes as it came.</summary>
    public required int Length { get; init; }

    /// <summary>When it first came.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }
}
