using System.Net;

namespace Culvert;

/// <summary>A sensor as planned.</summary>
public sealed record SiteSensor
{
    /// <summary>The lowest bandwidth a sensor works with, in kbit/s.</summary>
    public const int MinBandwidthKbps = 350;

    /// <summary>The bandwidth of a sensor for which nothing is written, in kbit/s.</summary>
    public const int DefaultBandwidthKbps = 1500;

    /// <summary>Its name in the cloud.</summary>
    public required SensorId Name { get; init; }

    /// <summary>What it watches.</summary>
    public SensorType Type { get; init; }

    /// <summary>Whether it reports to a cloud.</summary>
    public SensorMode Mode { get; init; }

    /// <summary>The zone it stands in.</summary>
    public required string Zone { get; init; }

    /// <summary>Its own address, from which every tunnel starts.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The cloud it reports to; null when it is locally managed.</summary>
    public string? Cloud { get; init; }

    /// <summary>How it reaches its cloud; null leaves the choice to planning.</summary>
    public ConnectionMethod? Method { get; init; }

    /// <summary>What it watches through which interface.</summary>
    public IReadOnlyList<SiteMonitor> Monitors { get; init; } = [];

    /// <summary>Its ways to the cloud, preferred ones first.</summary>
    public IReadOnlyList<SiteRoute> Routes { get; init; } = [];

    /// <summary>The cap on what leaves it, in kbit/s.</summary>
    public int BandwidthKbps { get; init; } = DefaultBandwidthKbps;

    /// <summary>Whether threat-intelligence packages are applied as they come.</summary>
    public bool AutomaticThreatIntelligence { get; init; } = true;
}

/// <summary>A mirror port.</summary>
/// <param name="Interface">The sensor's network interface.</param>
/// <param name="Zone">The zone whose traffic arrives there.</param>
public sealed record SiteMonitor(string Interface, string Zone);
