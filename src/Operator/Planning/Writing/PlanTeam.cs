namespace Culvert.Planning;

/// <summary>Who a part of a plan is for. Each team gets one folder with exactly its part.</summary>
public enum PlanTeam
{
    /// <summary>Whoever leads the connection: the overview of all parts.</summary>
    Everyone,

    /// <summary>Networks and proxies up to level 3.</summary>
    PlantNetwork,

    /// <summary>The owner of the industrial DMZ, level 3.5, with the firewalls that border on it.</summary>
    Dmz,

    /// <summary>Proxies and firewalls from level 4 up to the internet.</summary>
    It,

    /// <summary>What stands in a cloud, and private links to it.</summary>
    Cloud,

    /// <summary>The sensors.</summary>
    Sensors,
}
