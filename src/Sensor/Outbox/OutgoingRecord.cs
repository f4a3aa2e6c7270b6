using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Culvert.Outbox;

/// <summary>A record to be accepted: it has no sequence yet.</summary>
/// <param name="Stream">Where it belongs.</param>
/// <param name="Body">The record as UTF-8 JSON (<see cref="CulvertJson"/>), at most <see cref="MaxBodyBytes"/>.</param>
public readonly record struct OutgoingRecord(RecordStream Stream, ReadOnlyMemory<byte> Body)
{
    /// <summary>The largest body: with its envelope it fits into one message of IoT Hub (256 KiB).</summary>
    public const int MaxBodyBytes = 250 * 1024;

    /// <summary>An alert.</summary>
    public static OutgoingRecord From(AlertRecord alert) => Make(RecordStream.Alerts, alert, CulvertJson.Default.AlertRecord);

    /// <summary>A health record.</summary>
    public static OutgoingRecord From(HealthRecord health) => Make(RecordStream.Health, health, CulvertJson.Default.HealthRecord);

    /// <summary>A device's state.</summary>
    public static OutgoingRecord From(DeviceRecord device) => Make(RecordStream.Inventory, device, CulvertJson.Default.DeviceRecord);

    /// <summary>Traffic of one interval.</summary>
    public static OutgoingRecord From(TrafficRecord traffic) => Make(RecordStream.Traffic, traffic, CulvertJson.Default.TrafficRecord);

    /// <summary>A notice of evidence.</summary>
    public static OutgoingRecord From(EvidenceRecord evidence) => Make(RecordStream.Evidence, evidence, CulvertJson.Default.EvidenceRecord);

    private static OutgoingRecord Make<T>(RecordStream stream, T record, JsonTypeInfo<T> type) =>
        new(stream, JsonSerializer.SerializeToUtf8Bytes(record, type));
}
