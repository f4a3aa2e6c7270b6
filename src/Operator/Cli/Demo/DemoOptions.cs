namespace Culvert.Cli;

/// <summary>What the demo is asked to do.</summary>
internal sealed record DemoOptions
{
    /// <summary>The capture to replay.</summary>
    public required string Capture { get; init; }

    /// <summary>The sensor's way to the portal.</summary>
    public ConnectionMethod Method { get; init; } = ConnectionMethod.ProxyChain;

    /// <summary>Who opens the way from proxy to proxy.</summary>
    public HopReach Chaining { get; init; }

    /// <summary>The portal's port; 0 takes any free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Where everything is kept; null for a folder that is removed at the end.</summary>
    public string? State { get; init; }

    /// <summary>How many times faster than it was recorded the capture is replayed; 0 for as fast as possible.</summary>
    public double Speed { get; init; } = DefaultSpeed;

    /// <summary>Whether to stop when all has arrived.</summary>
    public bool ExitWhenDone { get; init; }

    /// <summary>Minutes, in the capture's time, that the sensor learns before it raises policy alerts.</summary>
    public int LearningMinutes { get; init; }

    /// <summary>The plant's capture begins with four minutes of ordinary work.</summary>
    public const int PlantLearningMinutes = 4;

    /// <summary>The usual port of an HTTPS server that needs no root.</summary>
    public const int DefaultPort = 8443;

    /// <summary>The plant's ten minutes in one: long enough to watch, short enough to wait for.</summary>
    public const double DefaultSpeed = 10;
}
