namespace Culvert.Relaying;

/// <summary>The limits of one proxy. Each is told to the client when it is reached.</summary>
public sealed record RelayLimits
{
    /// <summary>A tunnel without a byte in either direction for this long is cut.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>A connection that has not sent its whole request within this is answered 408.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest request head, in bytes.</summary>
    public int MaxHeaderBytes { get; init; } = 16 * 1024;

    /// <summary>Connections in all, from their acceptance on.</summary>
    public int Tunnels { get; init; } = 20_000;

    /// <summary>Connections of one source address.</summary>
    public int TunnelsPerSource { get; init; } = 1000;

    /// <summary>How long open tunnels may go on after the proxy was told to stop.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
