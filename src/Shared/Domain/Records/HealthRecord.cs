using System.Text.Json;

namespace Culvert;

/// <summary>How a sensor is at one moment. Sent at every heartbeat and at every change of a message.</summary>
public sealed record HealthRecord
{
    /// <summary>The sensor's own clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the process started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Software version.</summary>
    public required string Version { get; init; }

    /// <summary>Version of the threat-intelligence package in use; null for none.</summary>
    public string? ThreatIntelligenceVersion { get; init; }

    /// <summary>Learning or operational.</summary>
    public bool Learning { get; init; }

    /// <summary>Empty when all is well.</summary>
    public IReadOnlyList<HealthMessage> Messages { get; init => field = value ?? []; } = [];

    /// <summary>Its routes, in priority order.</summary>
    public IReadOnlyList<RouteHealth> Routes { get; init => field = value ?? []; } = [];

    /// <summary>Its queue.</summary>
    public required OutboxHealth Outbox { get; init; }

    /// <summary>Its capture sources.</summary>
    public IReadOnlyList<SourceHealth> Sources { get; init => field = value ?? []; } = [];

    /// <summary>Sensor's clock minus the cloud's, in milliseconds, measured at the last answer; null before one came.</summary>
    public double? ClockDriftMilliseconds { get; init; }

    /// <summary>Devices known.</summary>
    public int DeviceCount { get; init; }

    /// <summary>Memory of the process, in bytes.</summary>
    public long WorkingSetBytes { get; init; }

    /// <summary>Free bytes where the outbox lives.</summary>
    public long DiskFreeBytes { get; init; }

    /// <summary>When its client certificate ends.</summary>
    public DateTimeOffset? CertificateExpiresAt { get; init; }

    /// <summary>A report of <c>culvert check</c> that the cloud has not yet, as a JSON object: what the checks found while the cloud was lost, or one that was asked for and took long. Null in all other records.</summary>
    public JsonElement? Check { get; init; }
}
