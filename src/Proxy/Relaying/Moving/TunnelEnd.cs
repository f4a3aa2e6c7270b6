namespace Culvert.Relaying;

/// <summary>How a tunnel ended.</summary>
public enum TunnelEnd
{
    /// <summary>It is open still.</summary>
    Open,

    /// <summary>Both sides closed in order.</summary>
    Closed,

    /// <summary>The client's connection broke.</summary>
    ClientReset,

    /// <summary>The next hop's or the destination's connection broke.</summary>
    UpstreamReset,

    /// <summary>Nothing passed for the idle time.</summary>
    Idle,

    /// <summary>The proxy stopped, and the drain time was over.</summary>
    Drained,

    /// <summary>It was never opened.</summary>
    Refused,

    /// <summary>The client left before a request was complete.</summary>
    Abandoned,
}
