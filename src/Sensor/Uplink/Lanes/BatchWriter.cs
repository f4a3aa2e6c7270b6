using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Culvert.Outbox;

namespace Culvert.Uplink;

/// <summary>Writes batches in the two forms of docs/protocols/cloud-services.md, as many records as fit.</summary>
internal static class BatchWriter
{
    /// <summary>Name of the form, carried beside each payload.</summary>
    public const string Schema = "culvert.records.v1";

    // What follows a record besides itself: bracket, comma.
    private const int Closing = 2;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A JSON array of <see cref="RecordEnvelope"/>, and how many records are in it (at least one).</summary>
    public static (ReadOnlyMemory<byte> Payload, int Count) WriteArray(WaitingBatch batch, int maxBytes) =>
        Write(batch, maxBytes, static (output, envelope) => output.Write(envelope));

    /// <summary>A batch of the Event Hubs REST API: each event's body is an envelope as JSON text.</summary>
    public static (ReadOnlyMemory<byte> Payload, int Count) WriteEvents(WaitingBatch batch, int maxBytes) =>
        Write(batch, maxBytes, static (output, envelope) =>
        {
            output.Write("{\"Body\":"u8);
            using (var writer = new Utf8JsonWriter(output, Options))
            {
                writer.WriteStringValue(envelope);
            }

            output.Write(",\"UserProperties\":{\"schema\":\"culvert.records.v1\"}}"u8);
        });

    private static (ReadOnlyMemory<byte> Payload, int Count) Write(WaitingBatch batch, int maxBytes, WriteItem writeItem)
    {
        var output = new ArrayBufferWriter<byte>((int)Math.Min(maxBytes, batch.Bytes * 2 + 1024));
        var envelope = new ArrayBufferWriter<byte>(4096);
        output.Write("["u8);
        var count = 0;
        foreach (var record in batch.Records)
        {
            envelope.ResetWrittenCount();
            WriteEnvelope(envelope, record);
            var before = output.WrittenCount;
            if (count > 0)
            {
                output.Write(","u8);
            }

            writeItem(output, envelope.WrittenSpan);
            if (count > 0 && output.WrittenCount + Closing > maxBytes)
            {
                return (Close(output.WrittenMemory[..before]), count);
            }

            count++;
        }

        return (Close(output.WrittenMemory), count);
    }

    private static byte[] Close(ReadOnlyMemory<byte> written)
    {
        var payload = new byte[written.Length + 1];
        written.CopyTo(payload);
        payload[^1] = (byte)']';
        return payload;
    }

    private static void WriteEnvelope(ArrayBufferWriter<byte> output, WaitingRecord record)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        writer.WriteStartObject();
        writer.WriteString("stream"u8, NameOf(record.Stream));
        writer.WriteNumber("epoch"u8, record.Epoch);
        writer.WriteNumber("sequence"u8, record.Sequence);
        writer.WritePropertyName("body"u8);
        writer.WriteRawValue(record.Body.Span, skipInputValidation: true);
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> NameOf(RecordStream stream) => stream switch
    {
        RecordStream.Alerts => "alerts"u8,
        RecordStream.Health => "health"u8,
        RecordStream.Inventory => "inventory"u8,
        RecordStream.Traffic => "traffic"u8,
        RecordStream.Evidence => "evidence"u8,
        _ => Encoding.UTF8.GetBytes(JsonNamingPolicy.CamelCase.ConvertName(stream.ToString())),
    };

    private delegate void WriteItem(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> envelope);
}
