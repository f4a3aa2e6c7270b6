namespace Culvert.Checking;

/// <summary>The person who must act.</summary>
public enum ActingTeam
{
    /// <summary>Whoever runs the sensor and its settings.</summary>
    SensorOwner,

    /// <summary>Network and firewalls of the plant, up to level 3, and proxies there.</summary>
    PlantNetwork,

    /// <summary>The industrial DMZ (level 3.5).</summary>
    DmzOwner,

    /// <summary>Proxies of the enterprise, levels 4 and 5.</summary>
    ItProxyTeam,

    /// <summary>Whoever runs the portal or the cloud subscription.</summary>
    CloudTeam,
}
