namespace Culvert.Tunnels;

/// <summary>Within what bounds the interval is learned.</summary>
public sealed record KeepAliveOptions
{
    /// <summary>The interval where nothing was learned, and the longest: below the shortest idle timeouts that are usual, 30 s.</summary>
    public TimeSpan Usual { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>The shortest interval; a way that is cut sooner carries no session at all. At 350 kbit/s a sign of life every five seconds is a thousandth.</summary>
    public TimeSpan Shortest { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Part of the shortest silence that was cut which is allowed: timers of firewalls are coarse, and a sign of life takes its time.</summary>
    public double Margin { get; init; } = 0.7;

    /// <summary>What was learned is doubted after this: the firewall may have been changed, and a longer silence is tried.</summary>
    public TimeSpan DoubtAfter { get; init; } = TimeSpan.FromDays(1);
}
