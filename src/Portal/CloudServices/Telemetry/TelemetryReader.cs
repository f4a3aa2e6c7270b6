using System.Globalization;
using Culvert.CloudServices.Otlp;
using Culvert.Storage;
using Google.Protobuf;

namespace Culvert.CloudServices;

/// <summary>Turns OTLP requests into the items that are kept.</summary>
internal static class TelemetryReader
{
    private const int MaxText = 2000;

    // A request may hold more than the window keeps; the rest would only be written to be dropped.
    private const int MaxItems = ITelemetryStore.MaxPerKind;

    public static IReadOnlyList<TelemetryItem> ReadTraces(byte[] body) =>
    [
        .. from r in TraceRequest.Parser.ParseFrom(body).ResourceSpans
           from s in r.ScopeSpans
           from span in s.Spans
           select new TelemetryItem
           {
               Kind = "trace",
               Name = Clip(span.Name),
               At = Time(span.StartTimeUnixNano),
               Value = span.EndTimeUnixNano >= span.StartTimeUnixNano ? (span.EndTimeUnixNano - span.StartTimeUnixNano) / 1e6 : 0,
               Unit = "ms",
               Text = Clip(string.Join(' ', Attributes(span.Attributes), span.Status is { Code: 2 } status ? $"error: {status.Message}" : "").Trim()),
               TraceId = Hex(span.TraceId),
           },
    ];

    public static IReadOnlyList<TelemetryItem> ReadMetrics(byte[] body) =>
    [
        .. (from r in MetricsRequest.Parser.ParseFrom(body).ResourceMetrics
            from s in r.ScopeMetrics
            from metric in s.Metrics
            from item in ReadMetric(metric)
            select item).TakeLast(MaxItems),
    ];

    public static IReadOnlyList<TelemetryItem> ReadLogs(byte[] body) =>
    [
        .. (from r in LogsRequest.Parser.ParseFrom(body).ResourceLogs
            from s in r.ScopeLogs
            from line in s.LogRecords
            select new TelemetryItem
            {
                Kind = "log",
                Name = line.SeverityText is { Length: > 0 } severity ? Clip(severity) : line.SeverityNumber.ToString(CultureInfo.InvariantCulture),
                At = Time(line.TimeUnixNano != 0 ? line.TimeUnixNano : line.ObservedTimeUnixNano),
                Text = Clip(Text(line.Body)),
                TraceId = Hex(line.TraceId),
            }).TakeLast(MaxItems),
    ];

    private static IEnumerable<TelemetryItem> ReadMetric(Metric metric)
    {
        foreach (var point in (metric.Gauge ?? metric.Sum)?.DataPoints ?? [])
        {
            var value = point.ValueCase == NumberPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble;
            yield return Point(metric, point.TimeUnixNano, value, Attributes(point.Attributes));
        }

        foreach (var point in metric.Histogram?.DataPoints ?? [])
        {
            // The mean of the interval; the count is in the text.
            var mean = point.Count > 0 ? point.Sum / point.Count : 0;
            yield return Point(metric, point.TimeUnixNano, mean, $"count={point.Count.ToString(CultureInfo.InvariantCulture)} {Attributes(point.Attributes)}".TrimEnd());
        }
    }

    private static TelemetryItem Point(Metric metric, ulong time, double value, string text) => new()
    {
        Kind = "metric",
        Name = Clip(metric.Name),
        At = Time(time),
        Value = double.IsFinite(value) ? value : 0,
        Unit = Clip(metric.Unit),
        Text = Clip(text),
    };

    private static string Attributes(IEnumerable<KeyValue> attributes) => string.Join(' ', attributes.Take(64).Select(a => $"{a.Key}={Text(a.Value)}"));

    private static string Text(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    private static DateTimeOffset Time(ulong nanoseconds) =>
        nanoseconds / 100 is var ticks && ticks <= (ulong)(DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks
            ? DateTimeOffset.UnixEpoch.AddTicks((long)ticks)
            : DateTimeOffset.UnixEpoch;

    private static string? Hex(ByteString bytes) => bytes.Length is 0 or > 32 ? null : Convert.ToHexStringLower(bytes.Span);

    private static string Clip(string text) => text.Length <= MaxText ? text : text[..MaxText];
}
