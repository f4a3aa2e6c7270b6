using Culvert.Analysis;
using Culvert.Outbox;

namespace Culvert.SensorHost;

/// <summary>Takes what the analysis of a zone finds and keeps it until it is committed to the outbox.</summary>
internal sealed class RecordCollector(string zone) : IAnalysisSink
{
    // Enough for what a person can act upon; the oldest is forgotten first.
    private const int MaxAlertsKnown = 4096;

    private readonly List<OutgoingRecord> _pending = [];
    private readonly Dictionary<string, AlertRecord> _alerts = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Lock _gate = new();

    /// <summary>Whether what is found is dropped: it was committed before.</summary>
    public bool Drops { get; set; }

    /// <summary>Told of every device, dropped or not; null for nobody.</summary>
    public Action<DeviceRecord>? DeviceSeen { get; set; }

    /// <summary>Records that wait to be committed.</summary>
    public int Pending => _pending.Count;

    /// <summary>Bytes of their bodies.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Takes what waits, and begins anew.</summary>
    public OutgoingRecord[] Take()
    {
        OutgoingRecord[] taken = [.. _pending];
        _pending.Clear();
        PendingBytes = 0;
        return taken;
    }

    /// <summary>A later state of an alert of this zone; null when it is not known, or not any more.</summary>
    public AlertRecord? FindAlert(string id)
    {
        lock (_gate)
        {
            return _alerts.GetValueOrDefault(id);
        }
    }

    /// <inheritdoc/>
    public void OnDevice(DeviceRecord device)
    {
        DeviceSeen?.Invoke(device);
        if (!Drops)
        {
            Add(OutgoingRecord.From(device with { Key = InZone(device.Key)! }));
        }
    }

    /// <inheritdoc/>
    public void OnAlert(AlertRecord alert)
    {
        lock (_gate)
        {
            if (!_alerts.ContainsKey(alert.Id))
            {
                _order.Enqueue(alert.Id);
                if (_order.Count > MaxAlertsKnown)
                {
                    _alerts.Remove(_order.Dequeue());
                }
            }

            _alerts[alert.Id] = alert;
        }

        if (!Drops)
        {
            Add(OutgoingRecord.From(alert with { SourceDevice = InZone(alert.SourceDevice), DestinationDevice = InZone(alert.DestinationDevice) }));
        }
    }

    /// <inheritdoc/>
    public void OnTraffic(TrafficRecord traffic)
    {
        if (!Drops)
        {
            Add(OutgoingRecord.From(traffic));
        }
    }

    // The analysis knows one zone; in the cloud the same address in two zones is two devices.
    private string? InZone(string? key) => key is null ? null : $"{zone}/{key}";

    private void Add(OutgoingRecord record)
    {
        _pending.Add(record);
        PendingBytes += record.Body.Length;
    }
}
