namespace Culvert;

/// <summary>Who opens the way to a hop.</summary>
public enum HopReach
{
    /// <summary>The sensor itself: it dials the first hop, and asks each hop for the next inside the tunnel it has.</summary>
    Nested,

    /// <summary>The proxy before it, which passes CONNECT on to its parent; the sensor need not know this hop, and if it does, only for the trace.</summary>
    Forwarded,
}
