namespace Culvert.Lab;

/// <summary>At what kinds of places a fault can be made.</summary>
[Flags]
public enum FaultPlaces
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>A single proxy, or the member of a pool.</summary>
    SingleProxy = 1,

    /// <summary>The address of a pool.</summary>
    Pool = 2,

    /// <summary>The cloud endpoints.</summary>
    Cloud = 4,

    /// <summary>A sensor.</summary>
    Sensor = 8,

    /// <summary>A firewall, or the gateway of a private link: all TCP that passes it.</summary>
    Firewall = 16,

    /// <summary>A resolver, or a host that asks one.</summary>
    Resolver = 32,

    /// <summary>An edge of the map, FROM..TO: what one host says to the next, and no other.</summary>
    Edge = 64,

    /// <summary>The member of a pool.</summary>
    Member = 128,

    /// <summary>A hop of a route, or the edge to it.</summary>
    Hop = SingleProxy | Pool | Edge,

    /// <summary>Whatever listens, and what lies before it.</summary>
    Network = Hop | Cloud | Firewall,

    /// <summary>Whatever has a cable.</summary>
    Cable = Network | Sensor,

    /// <summary>Whatever has a program.</summary>
    Program = SingleProxy | Pool | Cloud,

    /// <summary>Whatever shows a certificate.</summary>
    Certificate = SingleProxy | Cloud,
}
