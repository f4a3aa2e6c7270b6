using Culvert.Outbox;
using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>Everything that health messages are made of, at one moment.</summary>
internal sealed record HealthFacts
{
    /// <summary>Now.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>When the process started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether the session with the hub is open.</summary>
    public bool IsConnected { get; init; }

    /// <summary>Since when it is not; null while it is.</summary>
    public DateTimeOffset? LostSince { get; init; }

    /// <summary>Sessions lost in the last fifteen minutes.</summary>
    public int RecentLosses { get; init; }

    /// <summary>The endpoints, each with its address.</summary>
    public IReadOnlyList<(string Address, EndpointReading Reading)> Endpoints { get; init; } = [];

    /// <summary>Set when the cloud revoked the sensor.</summary>
    public Refusal? Revocation { get; init; }

    /// <summary>Clock drift; null before it was measured.</summary>
    public TimeSpan? Drift { get; init; }

    /// <summary>The sources.</summary>
    public IReadOnlyList<SourceState> Sources { get; init; } = [];

    /// <summary>Devices known in the fullest zone, its name, and its limit.</summary>
    public (string Zone, int Devices, int Limit, long Refused) Fullest { get; init; }

    /// <summary>Packets that made the analysis fail.</summary>
    public long Defects { get; init; }

    /// <summary>What keeps the outbox from writing.</summary>
    public OutboxTrouble OutboxTrouble { get; init; }

    /// <summary>What was found damaged in the outbox.</summary>
    public OutboxRepair? Repair { get; init; }

    /// <summary>The queue.</summary>
    public required OutboxHealth Outbox { get; init; }

    /// <summary>The threat-intelligence package.</summary>
    public required PackageStatus Package { get; init; }

    /// <summary>Free bytes and size of the disk.</summary>
    public (long Free, long Total) Disk { get; init; }

    /// <summary>When the client certificate ends.</summary>
    public DateTimeOffset CertificateEnds { get; init; }

    /// <summary>Bytes sent, as a share of what the cap allows, over the last minute; null without cap.</summary>
    public double? BandwidthShare { get; init; }

    /// <summary>What the last checks found broken and the cloud does not know yet; null when there is nothing.</summary>
    public string? FailedCheck { get; init; }
}
