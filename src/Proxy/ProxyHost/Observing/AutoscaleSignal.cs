using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Relaying;

namespace Culvert.ProxyHost;

/// <summary>What an autoscaler of a proxy pool looks at, as rates over the last window: tunnels and their share of the limit, bytes a second, processors in use.</summary>
internal sealed class AutoscaleSignal : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly RelayServer _server;
    private readonly TimeProvider _clock;
    private readonly Meter _meter;
    private readonly ITimer _timer;
    private long _at;
    private long _bytes;
    private TimeSpan _cpu;
    private double _bytesPerSecond;
    private double _processors;

    public AutoscaleSignal(RelayServer server, IMeterFactory meters, TimeProvider clock)
    {
        (_server, _clock, _at, _cpu) = (server, clock, clock.GetTimestamp(), Environment.CpuUsage.TotalTime);
        _meter = meters.Create(new MeterOptions(RelayMeter.Name + ".Autoscale"));
        _meter.CreateObservableGauge("culvert.proxy.tunnels.used", () => Used, "1", "Open tunnels as a share of the limit, 0 to 1.");
        _meter.CreateObservableGauge("culvert.proxy.relayed.rate", () => Volatile.Read(ref _bytesPerSecond), "By/s", "Bytes relayed a second, both directions, over ten seconds.");
        _meter.CreateObservableGauge("culvert.proxy.processors.used", () => Volatile.Read(ref _processors), "1", "Processors in use over ten seconds.");
        _timer = clock.CreateTimer(_ => Sample(), null, Window, Window);
    }

    private double Used => (double)_server.Counters.OpenTunnels / _server.Settings.Limits.Tunnels;

    /// <summary>The same as JSON, for Azure's custom metrics and scripts.</summary>
    public string ToJson() => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"tunnels\":{_server.Counters.OpenTunnels},\"tunnelsLimit\":{_server.Settings.Limits.Tunnels},\"tunnelsUsed\":{Used:0.####},\"bytesPerSecond\":{Volatile.Read(ref _bytesPerSecond):0},\"processorsUsed\":{Volatile.Read(ref _processors):0.###},\"draining\":{(_server.IsDraining ? "true" : "false")}}}\n");

    /// <summary>The same as bodies for Azure Monitor's custom metrics (POST to REGION.monitoring.azure.com/RESOURCE/metrics), an array with one for each metric: that service takes one at a time.</summary>
    public string ToAzureMetrics()
    {
        (string Name, double Value)[] metrics =
        [
            ("Tunnels", _server.Counters.OpenTunnels), ("Tunnels Used Percent", 100 * Used),
            ("Bytes Per Second", Volatile.Read(ref _bytesPerSecond)), ("Processors Used", Volatile.Read(ref _processors)),
        ];
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var (name, value) in metrics)
            {
                json.WriteStartObject();
                json.WriteString("time", _clock.GetUtcNow().UtcDateTime);
                json.WriteStartObject("data");
                json.WriteStartObject("baseData");
                json.WriteString("metric", name);
                json.WriteString("namespace", "Culvert Proxy");
                json.WriteStartArray("series");
                json.WriteStartObject();
                var rounded = Math.Round(value, 3);
                json.WriteNumber("min", rounded);
                json.WriteNumber("max", rounded);
                json.WriteNumber("sum", rounded);
                json.WriteNumber("count", 1);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    public void Dispose()
    {
        _timer.Dispose();
        _meter.Dispose();
    }

    private void Sample()
    {
        var (now, bytes, cpu) = (_clock.GetTimestamp(), _server.Counters.BytesUp + _server.Counters.BytesDown, Environment.CpuUsage.TotalTime);
        var seconds = Math.Max(0.001, _clock.GetElapsedTime(_at, now).TotalSeconds);
        Volatile.Write(ref _bytesPerSecond, (bytes - _bytes) / seconds);
        Volatile.Write(ref _processors, (cpu - _cpu).TotalSeconds / seconds);
        (_at, _bytes, _cpu) = (now, bytes, cpu);
    }
}
