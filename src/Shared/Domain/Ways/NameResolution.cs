namespace Culvert;

/// <summary>Who finds the address of the name that a hop is asked for.</summary>
public enum NameResolution
{
    /// <summary>The hop: the sensor hands the name on. This is the usual way, as a plant seldom resolves outside names.</summary>
    ByHop,

    /// <summary>The sensor: the hop is asked for an address, so its allow-list must hold addresses.</summary>
    BySensor,
}
