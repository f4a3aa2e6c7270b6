using Culvert.Tunnels;

namespace Culvert.Uplink;

/// <summary>Who the uplink speaks for, and how.</summary>
public sealed record UplinkOptions
{
    /// <summary>The sensor.</summary>
    public required SensorId Sensor { get; init; }

    /// <summary>Its software version.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Between two signs of life of the MQTT session; default 25 s, below the shortest idle timeouts of proxies and firewalls that are met (30 s).</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Learns the idle timeouts on the way and advises what to use instead of <see cref="KeepAlive"/>; null learns nothing.</summary>
    public IKeepAliveAdvice? KeepAliveAdvice { get; init; }

    /// <summary>Longest wait for an answer within the MQTT session; default one minute: 256 KiB at the smallest cap take six seconds, and other streams share it.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Between two looks for a new package where the cloud orders none; default one hour.</summary>
    public TimeSpan PackageCheckEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The device's shared access key at the hub; null where the client certificate proves the identity.</summary>
    public SharedAccess? HubAccess { get; init; }

    /// <summary>Shared access key at Event Hubs, which knows no client certificates in Azure; null where the client certificate proves the identity.</summary>
    public SharedAccess? EventHubsAccess { get; init; }
}
