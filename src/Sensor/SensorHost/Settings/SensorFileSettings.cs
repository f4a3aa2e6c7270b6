using System.Net;

namespace Culvert.SensorHost;

/// <summary>What the sensor's settings file says. The fields are described in docs/operations/sensor.md.</summary>
internal sealed record SensorFileSettings
{
    /// <summary>The ways to the cloud; direct where none is written.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [new Route { Name = "direct" }];

    /// <summary>Cap on what leaves the sensor, in kbit/s; 0 for none, which only tests and the demo want.</summary>
    public int BandwidthKbps { get; init; } = Uplink.SensorSettings.DefaultCapKbps;

    /// <summary>The device's shared access key at the hub; null where the certificate proves the identity.</summary>
    public Uplink.SharedAccess? HubAccess { get; init; }

    /// <summary>Shared access key at Event Hubs; null where the certificate proves the identity.</summary>
    public Uplink.SharedAccess? EventHubsAccess { get; init; }

    /// <summary>Names that are resolved here and not by the resolver.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Hosts { get; init; } = new Dictionary<string, IReadOnlyList<IPAddress>>();

    /// <summary>Where traffic comes from.</summary>
    public IReadOnlyList<SensorSource> Sources { get; init; } = [];

    /// <summary>Whether everything seen is taken as normal.</summary>
    public bool Learning { get; init; }

    /// <summary>In operational mode: how long, from the first packet and in the traffic's time, the sensor learns first.</summary>
    public TimeSpan LearningPeriod { get; init; }

    /// <summary>Seconds between two health records.</summary>
    public int HeartbeatSeconds { get; init; } = Uplink.SensorSettings.DefaultHeartbeatSeconds;

    /// <summary>Most bytes that wait for the cloud.</summary>
    public long OutboxBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How long the cloud must be lost before the checks run by themselves, in seconds.</summary>
    public int CheckWhenLostSeconds { get; init; } = 60;

    /// <summary>Whether the sensor sends its own traces and metrics to the cloud.</summary>
    public bool Telemetry { get; init; } = true;

    /// <summary>Seconds between two requests with traces and metrics.</summary>
    public int TelemetrySeconds { get; init; } = 60;
}
