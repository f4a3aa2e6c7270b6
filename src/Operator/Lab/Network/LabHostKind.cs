namespace Culvert.Lab;

/// <summary>What a host of the lab is.</summary>
public enum LabHostKind
{
    /// <summary>A sensor.</summary>
    Sensor,

    /// <summary>A single proxy.</summary>
    Proxy,

    /// <summary>The address of a proxy pool: spreads connections over the members.</summary>
    Balancer,

    /// <summary>A proxy of a pool.</summary>
    Member,

    /// <summary>A firewall: routes between the zones it joins, by the planned rules.</summary>
    Firewall,

    /// <summary>An end of private links.</summary>
    Gateway,

    /// <summary>A resolver.</summary>
    Resolver,

    /// <summary>A time server.</summary>
    TimeServer,

    /// <summary>The cloud endpoints.</summary>
    Cloud,
}
