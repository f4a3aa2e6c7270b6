using System.Diagnostics.Metrics;

namespace Culvert.Relaying;

/// <summary>The proxy's metrics, by their OpenTelemetry names. All are observed when somebody reads them: a tunnel costs nothing for being counted here.</summary>
public sealed class RelayMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Culvert.Proxy";

    private readonly Meter _meter;

    /// <summary>Makes the instruments.</summary>
    public RelayMeter(RelayServer server, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(server);
        var counters = server.Counters;
        _meter = meters.Create(new MeterOptions(Name));
        Gauge("culvert.proxy.connections", "{connection}", "Connections that are served now, those that still ask included.", () => counters.Connections);
        Gauge("culvert.proxy.tunnels.open", "{tunnel}", "Tunnels that are open now.", () => counters.OpenTunnels);
        Gauge("culvert.proxy.tunnels.limit", "{tunnel}", "The limit of tunnels.", () => server.Settings.Limits.Tunnels);
        Gauge("culvert.proxy.draining", "1", "1 while the proxy takes no new tunnels.", () => server.IsDraining ? 1 : 0);
        _meter.CreateObservableCounter("culvert.proxy.tunnels.opened", () => counters.OpenedTunnels, "{tunnel}", "Tunnels opened.");
        _meter.CreateObservableCounter("culvert.proxy.tunnels.ended", () => Ends(counters), "{tunnel}", "Connections ended, by how.");
        _meter.CreateObservableCounter("culvert.proxy.refused", () => Refusals(counters), "{request}", "Requests refused, by status.");
        _meter.CreateObservableCounter("culvert.proxy.relayed", () => Bytes(counters), "By", "Bytes relayed; up is away from the client.");
        _meter.CreateObservableGauge(
            "culvert.proxy.parent.up", () => server.ParentHealth.Select(p => new Measurement<int>(p.Value is null ? 1 : 0, Tag("parent", p.Key))), "1", "1 while the parent is up.");
        _meter.CreateObservableCounter("culvert.proxy.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time of this process.");
        _meter.CreateObservableGauge("culvert.proxy.memory", () => Environment.WorkingSet, "By", "Resident memory of this process.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Ends(RelayCounters counters) =>
        Enum.GetValues<TunnelEnd>().Where(e => e != TunnelEnd.Open).Select(e => new Measurement<long>(counters.Ended(e), Tag("end", char.ToLowerInvariant(e.ToString()[0]) + e.ToString()[1..])));

    private static IEnumerable<Measurement<long>> Refusals(RelayCounters counters) =>
        counters.Refusals.Select(r => new Measurement<long>(r.Value, Tag("status", r.Key.ToString(System.Globalization.CultureInfo.InvariantCulture))));

    private static IEnumerable<Measurement<long>> Bytes(RelayCounters counters) =>
        [new(counters.BytesUp, Tag("direction", "up")), new(counters.BytesDown, Tag("direction", "down"))];

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);

    private void Gauge(string name, string unit, string description, Func<long> read) => _meter.CreateObservableGauge(name, read, unit, description);
}
