using System.Diagnostics.Metrics;

namespace Culvert.SensorHost;

/// <summary>The figures of sources and analysis as metrics (meter <c>Culvert.Sensor</c>).</summary>
internal sealed class SensorMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Culvert.Sensor";

    private readonly Meter _meter;

    /// <summary>Shows the figures of these zones.</summary>
    public SensorMetrics(IMeterFactory meters, ZoneFeeds feeds)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableCounter("culvert.sensor.packets", () => EachSource(feeds, s => s.Packets), "{packet}", "Packets read.");
        _meter.CreateObservableCounter("culvert.sensor.packets_dropped", () => EachSource(feeds, s => s.Dropped), "{packet}", "Packets that the kernel dropped because they were not taken in time.");
        _meter.CreateObservableCounter("culvert.analysis.defects", () => EachZone(feeds, f => f.Defects), "{packet}", "Packets that made the analysis fail.");
        _meter.CreateObservableGauge("culvert.analysis.devices", () => EachZone(feeds, f => f.Devices), "{device}", "Devices known.");
        _meter.CreateObservableCounter("culvert.analysis.devices_refused", () => EachZone(feeds, f => f.DevicesRefused), "{device}", "Devices that did not fit.");
        _meter.CreateObservableGauge("process.memory.usage", () => Environment.WorkingSet, "By", "Resident memory.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> EachSource(ZoneFeeds feeds, Func<SourceState, long> figure) =>
        feeds.All.SelectMany(f => f.Sources).Select(s => new Measurement<long>(figure(s), Tag("source", s.Source.Name), Tag("zone", s.Source.Zone)));

    private static IEnumerable<Measurement<long>> EachZone(ZoneFeeds feeds, Func<IZoneFeed, long> figure) =>
        feeds.All.Select(f => new Measurement<long>(figure(f), Tag("zone", f.Zone)));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
