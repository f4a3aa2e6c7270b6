namespace Culvert.Uplink;

/// <summary>The settings that can come from the cloud, as they are in force.</summary>
/// <param name="BandwidthCapKbps">Outbound cap in kbit/s, at least <see cref="SmallestCapKbps"/>.</param>
/// <param name="HeartbeatSeconds">Between two health records.</param>
/// <param name="Learning">Learning or operational.</param>
public sealed record SensorSettings(int BandwidthCapKbps, int HeartbeatSeconds, bool Learning)
{
    /// <summary>Below this the link is not stable (the figure of Defender for IoT).</summary>
    public const int SmallestCapKbps = 350;

    /// <summary>Largest cap: 10 Gbit/s, beyond any sensor's link.</summary>
    public const int LargestCapKbps = 10_000_000;

    /// <summary>Default cap (the figure of Defender for IoT).</summary>
    public const int DefaultCapKbps = 1500;

    /// <summary>Shortest heartbeat.</summary>
    public const int SmallestHeartbeatSeconds = 5;

    /// <summary>Longest heartbeat.</summary>
    public const int LargestHeartbeatSeconds = 3600;

    /// <summary>Default heartbeat.</summary>
    public const int DefaultHeartbeatSeconds = 60;

    /// <summary>These settings with what the cloud manages in place of the local value.</summary>
    public SensorSettings With(DesiredProperties desired) => new(
        desired.BandwidthCapKbps ?? BandwidthCapKbps, desired.HeartbeatSeconds ?? HeartbeatSeconds, desired.Learning ?? Learning);

    /// <summary>All mistakes in what the cloud wants, each naming its property; empty when there are none.</summary>
    public static IReadOnlyList<string> Check(DesiredProperties desired)
    {
        var mistakes = new List<string>();
        if (desired.BandwidthCapKbps is { } cap and (< SmallestCapKbps or > LargestCapKbps))
        {
            mistakes.Add($"bandwidthCapKbps: {cap} is outside {SmallestCapKbps} to {LargestCapKbps}");
        }

        if (desired.HeartbeatSeconds is { } heartbeat and (< SmallestHeartbeatSeconds or > LargestHeartbeatSeconds))
        {
            mistakes.Add($"heartbeatSeconds: {heartbeat} is outside {SmallestHeartbeatSeconds} to {LargestHeartbeatSeconds}");
        }

        if (desired.ThreatIntelligence is { } package)
        {
            if (!PackageVersion.TryParse(package.Version, out _))
            {
                mistakes.Add("threatIntelligence.version: expected numbers with dots");
            }

            if (!PackagePath.IsSafe(package.ManifestPath))
            {
                mistakes.Add("threatIntelligence.manifestPath: expected an absolute path at the downloads endpoint");
            }
        }

        return mistakes;
    }
}
