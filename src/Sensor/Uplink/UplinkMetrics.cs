using System.Diagnostics.Metrics;

namespace Culvert.Uplink;

/// <summary>The uplink's figures as metrics (meter <c>Culvert.Uplink</c>).</summary>
public sealed class UplinkMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Culvert.Uplink";

    private readonly Meter _meter;
    private readonly Counter<long> _records;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _delivery;

    /// <summary>Makes the instruments.</summary>
    public UplinkMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _records = _meter.CreateCounter<long>("culvert.uplink.delivered", "{record}", "Records acknowledged by the cloud.");
        _bytes = _meter.CreateCounter<long>("culvert.uplink.delivered_bytes", "By", "Bytes of records acknowledged by the cloud.");
        _retries = _meter.CreateCounter<long>("culvert.uplink.retries", "{batch}", "Batches to be sent again.");
        _delivery = _meter.CreateHistogram<double>("culvert.uplink.delivery_duration", "s", "From sending a batch to its acknowledgement.");
        HubSessions = _meter.CreateCounter<long>("culvert.uplink.hub_sessions", "{session}", "MQTT sessions opened.");
    }

    internal Counter<long> HubSessions { get; }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Delivered(RecordStream stream, int records, long bytes, TimeSpan elapsed)
    {
        var tag = Tag(stream);
        _records.Add(records, tag);
        _bytes.Add(bytes, tag);
        _delivery.Record(elapsed.TotalSeconds, tag);
    }

    internal void Retried(RecordStream stream) => _retries.Add(1, Tag(stream));

    private static KeyValuePair<string, object?> Tag(RecordStream stream) => new("stream", stream.ToString().ToLowerInvariant());
}
