using System.Diagnostics.Metrics;
using System.Globalization;
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
