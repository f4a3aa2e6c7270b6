using System.Diagnostics.Metrics;

namespace Culvert.Outbox;

/// <summary>The outbox's figures as metrics (meter <c>Culvert.Outbox</c>).</summary>
public sealed class OutboxMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Culvert.Outbox";

    private readonly Meter _meter;

    /// <summary>Shows the figures of one outbox.</summary>
    public OutboxMetrics(IMeterFactory meters, OutboxStore store)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableGauge("culvert.outbox.waiting", () => Each(store, t => t.Waiting), "{record}", "Records not yet acknowledged.");
        _meter.CreateObservableGauge("culvert.outbox.waiting_bytes", () => Each(store, t => t.WaitingBytes), "By", "Bytes not yet acknowledged.");
        _meter.CreateObservableCounter("culvert.outbox.dropped", () => Each(store, t => t.Dropped), "{record}", "Records dropped because the outbox was full.");
        _meter.CreateObservableCounter("culvert.outbox.accepted", () => Each(store, t => t.LastSequence), "{record}", "Records accepted in the present epoch.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Each(OutboxStore store, Func<StreamTotals, long> figure) =>
        OutboxTotals.Streams.Select(s => new Measurement<long>(figure(store.Totals[s]), new KeyValuePair<string, object?>("stream", s.ToString().ToLowerInvariant())));
}
