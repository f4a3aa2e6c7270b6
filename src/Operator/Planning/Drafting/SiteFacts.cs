using System.Net;

namespace Culvert.Planning;

/// <summary>The few facts from which a first site file is drafted; everything has a value to start from.</summary>
public sealed record SiteFacts
{
    /// <summary>The site's name: letters, digits, <c>-</c>.</summary>
    public string Name { get; init; } = "plant";

    /// <summary>What people call it.</summary>
    public string DisplayName { get; init; } = "Plant";

    /// <summary>The sensor's name.</summary>
    public string Sensor { get; init; } = "sensor-1";

    /// <summary>The network the sensor stands in.</summary>
    public IPNetwork SensorNetwork { get; init; } = IPNetwork.Parse("10.10.2.0/24");

    /// <summary>The sensor's address.</summary>
    public IPAddress SensorAddress { get; init; } = IPAddress.Parse("10.10.2.10");

    /// <summary>The network of the plant's proxy, level 3; null where none is wanted.</summary>
    public IPNetwork? PlantProxyNetwork { get; init; }

    /// <summary>The network of the DMZ's proxy, level 3.5; null where none is wanted.</summary>
    public IPNetwork? DmzProxyNetwork { get; init; }

    /// <summary>The program of the proxies.</summary>
    public ProxyKind ProxyKind { get; init; } = ProxyKind.Culvert;

    /// <summary>The form of the firewalls' rules.</summary>
    public FirewallKind FirewallKind { get; init; } = FirewallKind.Nftables;

    /// <summary>The cloud that the sensor reports to.</summary>
    public CloudKind Cloud { get; init; } = CloudKind.Culvert;

    /// <summary>The cloud that the sensor stands in, where it is another one.</summary>
    public CloudKind SensorCloud { get; init; } = CloudKind.Aws;

    /// <summary>The host of every service.</summary>
    public IReadOnlyDictionary<CloudService, string> Hosts { get; init; } = Enum.GetValues<CloudService>().ToDictionary(s => s, _ => "portal.example.com");

    /// <summary>Azure's region, for the proxy pool.</summary>
    public string Region { get; init; } = "westeurope";

    /// <summary>The near gateway's public address, for a VPN.</summary>
    public IPAddress FromGateway { get; init; } = IPAddress.Parse("203.0.113.20");

    /// <summary>The far gateway's public address, for a VPN.</summary>
    public IPAddress ToGateway { get; init; } = IPAddress.Parse("203.0.113.80");
}
