namespace Culvert.Lab;

/// <summary>How a lab is to be run; kept beside it, for the keeper that runs inside.</summary>
public sealed record LabOptions
{
    /// <summary>The lab's name.</summary>
    public required string Name { get; init; }

    /// <summary>The programs that it starts, by name (<c>culvert-portal</c>), with full paths; one that is missing is not started.</summary>
    public IReadOnlyDictionary<string, string> Programs { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the network alone is built: no proxies, no portal, no sensors.</summary>
    public bool NetworkOnly { get; init; }

    /// <summary>Whether sensors are activated and run from the beginning; a test renews and runs them by itself.</summary>
    public bool Sensors { get; init; } = true;

    /// <summary>The capture that sensors replay; null lets them be quiet.</summary>
    public string? Capture { get; init; }

    /// <summary>How many times faster than it was recorded; 0 means as fast as possible.</summary>
    public double Speed { get; init; }

    /// <summary>How far hosts' clocks are off, as libfaketime reads it: <c>+2h</c>, <c>-3d</c>.</summary>
    public IReadOnlyDictionary<string, string> Clocks { get; init; } = new Dictionary<string, string>();

    /// <summary>A file that the starter holds locked as long as the lab is to live: when the lock is gone, however that came, the lab ends. Null lets it live until it is taken down.</summary>
    public string? HeldBy { get; init; }
}
