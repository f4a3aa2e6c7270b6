using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Storage;

namespace Culvert.CloudServices;

/// <summary>Turns bytes from a sensor into records. Whatever can't be understood becomes a record with a rejection: nothing throws, nothing is lost.</summary>
internal static class RecordReader
{
    /// <summary>The message property that says a payload holds records.</summary>
    public const string Schema = "culvert.records.v1";

    private const int MaxKeyLength = 512;

    /// <summary>Reads an array of envelopes, or one envelope.</summary>
    /// <param name="sensor">Who sent it.</param>
    /// <param name="payload">UTF-8 JSON.</param>
    public static IReadOnlyList<IncomingRecord> Read(SensorId sensor, ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray().Select(e => ReadEnvelope(sensor, e))] : [ReadEnvelope(sensor, root)];
        }
        catch (JsonException e)
        {
            return [Reject(sensor, null, $"not JSON: {e.Message}", payload)];
        }
    }

    /// <summary>A payload that is no record at all.</summary>
    /// <param name="sensor">Who sent it.</param>
    /// <param name="id">Its id, as far as it has one.</param>
    /// <param name="reason">Why it can't be understood.</param>
    /// <param name="payload">As it came.</param>
    public static IncomingRecord Reject(SensorId sensor, RecordId? id, string reason, ReadOnlyMemory<byte> payload) =>
        new() { Sensor = sensor, Id = id, Rejection = reason, Raw = payload.ToArray() };

    private static IncomingRecord ReadEnvelope(SensorId sensor, JsonElement element)
    {
        RecordId? id = null;
        try
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                return RejectElement(sensor, null, "an envelope is an object", element);
            }

            if (!element.TryGetProperty("epoch", out var epoch) || !epoch.TryGetInt64(out var epochNumber) || epochNumber < 0
                || !element.TryGetProperty("sequence", out var sequence) || !sequence.TryGetInt64(out var sequenceNumber) || sequenceNumber < 1)
            {
                return RejectElement(sensor, null, "an envelope needs an epoch of 0 or more and a sequence of 1 or more", element);
            }

            if (!element.TryGetProperty("stream", out var stream) || stream.ValueKind != JsonValueKind.String || !TryReadStream(stream.GetString()!, out var recordStream))
            {
                return RejectElement(sensor, null, "the stream is not known", element);
            }

            id = new RecordId(sensor, recordStream, epochNumber, sequenceNumber);
            return element.TryGetProperty("body", out var body)
                ? ReadBody(new IncomingRecord { Sensor = sensor, Id = id }, recordStream, body)
                : RejectElement(sensor, id, "an envelope needs a body", element);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return RejectElement(sensor, id, e.Message, element);
        }
    }

    private static bool TryReadStream(string text, out RecordStream stream) =>
        Enum.TryParse(text, ignoreCase: true, out stream) && Enum.IsDefined(stream) && !char.IsAsciiDigit(text[0]) && text[0] != '-';

    private static IncomingRecord ReadBody(IncomingRecord record, RecordStream stream, JsonElement body) => stream switch
    {
        RecordStream.Inventory => record with { Device = Whole(Body(body, CulvertJson.Default.DeviceRecord, d => d.Key)) },
        RecordStream.Alerts => record with { Alert = Whole(Body(body, CulvertJson.Default.AlertRecord, a => a.Id)) },
        RecordStream.Health => record with { Health = Body(body, CulvertJson.Default.HealthRecord, null) },
        RecordStream.Traffic => record with { Traffic = Body(body, CulvertJson.Default.TrafficRecord, t => t.Source) },
        RecordStream.Evidence => record with { Evidence = Body(body, CulvertJson.Default.EvidenceRecord, e => e.AlertId) },
        _ => throw new FormatException("the stream is not known"),
    };

    // A null within a list, or within one of its elements, passes the deserializer and would make the transaction fail for ever.
    private static DeviceRecord Whole(DeviceRecord device) =>
        device.Protocols.Any(p => p is null || p.Name is null || p.Role is null) || HasNulls(device.IPv4Addresses) || HasNulls(device.IPv6Addresses)
            ? throw new FormatException("a list of the body holds a null")
            : device;

    private static AlertRecord Whole(AlertRecord alert) => HasNulls(alert.Techniques) ? throw new FormatException("a list of the body holds a null") : alert;

    private static bool HasNulls(IReadOnlyList<string> list) => list.Any(e => e is null);

    private static T Body<T>(JsonElement body, JsonTypeInfo<T> type, Func<T, string>? key)
        where T : class
    {
        var value = body.Deserialize(type) ?? throw new FormatException("the body is null");
        return key is null || key(value) is { Length: > 0 and <= MaxKeyLength }
            ? value
            : throw new FormatException($"the body's key must have 1 to {MaxKeyLength} characters");
    }

    private static IncomingRecord RejectElement(SensorId sensor, RecordId? id, string reason, JsonElement element) =>
        Reject(sensor, id, reason, System.Text.Encoding.UTF8.GetBytes(element.GetRawText()));
}
