namespace Culvert.Tunnels;

/// <summary>Where a route stands.</summary>
public enum RouteState
{
    /// <summary>Usable, but another is in use.</summary>
    Standby,

    /// <summary>In use.</summary>
    Active,

    /// <summary>It failed and rests.</summary>
    Failed,

    /// <summary>It is well again and has to prove it for a while.</summary>
    HoldDown,
}
