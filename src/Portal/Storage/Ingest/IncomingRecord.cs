namespace Culvert.Storage;

/// <summary>One record as it arrived: a known body, or the reason why it could not be understood. Exactly one of the bodies or <see cref="Rejection"/> is set.</summary>
public sealed record IncomingRecord
{
    /// <summary>The sensor that sent it, known from its identity.</summary>
    public required SensorId Sensor { get; init; }

    /// <summary>Its id; null when not even that could be read.</summary>
    public RecordId? Id { get; init; }

    /// <summary>Body of the inventory stream.</summary>
    public DeviceRecord? Device { get; init; }

    /// <summary>Body of the alerts stream.</summary>
    public AlertRecord? Alert { get; init; }

    /// <summary>Body of the health stream.</summary>
    public HealthRecord? Health { get; init; }

    /// <summary>Body of the traffic stream.</summary>
    public TrafficRecord? Traffic { get; init; }

    /// <summary>Body of the evidence stream.</summary>
    public EvidenceRecord? Evidence { get; init; }

    /// <summary>Why it goes to the dead letters; null when it was understood.</summary>
    public string? Rejection { get; init; }

    /// <summary>The bytes as they came, for the dead letters; empty otherwise.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }
}
