using System.Text;
using System.Text.Json;

namespace Culvert.CloudServices.Tests;

/// <summary>Records as they cross the wire, written by hand so that the reader is not tested with its own writer.</summary>
public static class WireRecords
{
    public static string Alert(long sequence, string? id = null, long epoch = 1) =>
        $$"""{"stream":"alerts","epoch":{{epoch}},"sequence":{{sequence}},"body":{"id":"{{id ?? $"a-{sequence}"}}","type":"t","title":"T","message":"M","engine":"Anomaly","severity":"Major","category":"c","zone":"cell-1","firstDetection":"2026-11-24T08:00:00Z","lastDetection":"2026-11-24T08:00:00Z"} }""";

    public static string Device(long sequence, string? key = null, string name = "PLC", long epoch = 1) =>
        $$"""{"stream":"inventory","epoch":{{epoch}},"sequence":{{sequence}},"body":{"key":"{{key ?? $"d-{sequence}"}}","zone":"cell-1","name":"{{name}}","firstSeen":"2026-11-24T08:00:00Z","lastSeen":"2026-11-24T08:00:00Z"} }""";

    public static byte[] Array(params IEnumerable<string> envelopes) => Encoding.UTF8.GetBytes($"[{string.Join(',', envelopes)}]");

    public static byte[] Batch(params IEnumerable<string> envelopes) => Encoding.UTF8.GetBytes(
        $"[{string.Join(',', envelopes.Select(e => $$"""{"Body":{{JsonSerializer.Serialize(e)}},"UserProperties":{"schema":"culvert.records.v1"} }"""))}]");
}
