using System.Text.Json;

namespace Culvert;

/// <summary>A record on its way: the sensor is known from its identity, so it is not in the envelope.</summary>
public sealed record RecordEnvelope
{
    /// <summary>Its sequence.</summary>
    public required RecordStream Stream { get; init; }

    /// <summary>See <see cref="RecordId"/>.</summary>
    public required long Epoch { get; init; }

    /// <summary>See <see cref="RecordId"/>.</summary>
    public required long Sequence { get; init; }

    /// <summary>The record: a <see cref="DeviceRecord"/>, <see cref="AlertRecord"/>, <see cref="HealthRecord"/>, <see cref="TrafficRecord"/> or <see cref="EvidenceRecord"/>, by the stream.</summary>
    public required JsonElement Body { get; init; }
}
