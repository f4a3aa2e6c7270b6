namespace Culvert.Storage;

/// <summary>Which alerts are wanted; null members do not filter.</summary>
public sealed record AlertQuery
{
    /// <summary>Of sensors of this site.</summary>
    public string? Site { get; init; }

    /// <summary>Raised in this zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Raised by this sensor.</summary>
    public string? Sensor { get; init; }

    /// <summary>Of this severity.</summary>
    public AlertSeverity? Severity { get; init; }

    /// <summary>Of this engine.</summary>
    public AlertEngine? Engine { get; init; }

    /// <summary>In this status.</summary>
    public AlertStatus? Status { get; init; }

    /// <summary>New or active (true), closed (false).</summary>
    public bool? Open { get; init; }

    /// <summary>Of this category.</summary>
    public string? Category { get; init; }

    /// <summary>Acting or acted upon: this device's key.</summary>
    public string? Device { get; init; }

    /// <summary>Last detected at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last detected before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Whose title, message, type, id, address or device contains this, whatever the letter case.</summary>
    public string? Text { get; init; }

    /// <summary>Order.</summary>
    public AlertSort Sort { get; init; }

    /// <summary>Largest first.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>Which rows.</summary>
    public PageRequest Page { get; init; } = PageRequest.First;
}
