using Culvert.Analysis;

namespace Culvert.Bench;

/// <summary>A capture in memory.</summary>
internal sealed record StoredFrame(LinkType LinkType, long Ticks, byte[] Data, int OriginalLength);

internal static class Capture
{
    public static StoredFrame[] Load(string file)
    {
        using var stream = File.OpenRead(file);
        var reader = CaptureReader.Open(stream);
        var frames = new List<StoredFrame>();
        while (reader.Read(out var packet))
        {
            frames.Add(new StoredFrame(packet.LinkType, packet.Ticks, packet.Data.ToArray(), packet.OriginalLength));
        }

        return [.. frames];
    }

    /// <summary>The capture that CULVERT_BENCH_CAPTURE names, or the throughput mix among CULVERT_CAPTURES.</summary>
    public static string Find() =>
        Environment.GetEnvironmentVariable("CULVERT_BENCH_CAPTURE") is { Length: > 0 } named ? named
        : Environment.GetEnvironmentVariable("CULVERT_CAPTURES") is { Length: > 0 } folder ? Path.Combine(folder, "throughput-mix.pcap")
        : throw new InvalidOperationException("Set CULVERT_BENCH_CAPTURE to a capture, or CULVERT_CAPTURES to the folder of throughput-mix.pcap.");
}

/// <summary>Counts and keeps nothing.</summary>
internal sealed class CountingSink : IAnalysisSink
{
    public long Records { get; private set; }

    public void OnDevice(DeviceRecord device) => Records++;

    public void OnAlert(AlertRecord alert) => Records++;

    public void OnTraffic(TrafficRecord traffic) => Records++;
}
