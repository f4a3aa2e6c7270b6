namespace Culvert.Storage;

/// <summary>One change, and who made it.</summary>
public sealed record AuditEntry
{
    /// <summary>Its number.</summary>
    public long Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>User name; <c>token:NAME</c> for an API token, <c>local</c> for a command on the portal's machine.</summary>
    public required string Actor { get; init; }

    /// <summary>What was done, as <c>sensor.onboard</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to.</summary>
    public required string Subject { get; init; }

    /// <summary>The new values in words; never a secret.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Address it came from; null for a command on the portal's machine.</summary>
    public string? Address { get; init; }
}
