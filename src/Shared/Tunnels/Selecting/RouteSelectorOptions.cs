namespace Culvert.Tunnels;

/// <summary>How routes are left and taken back.</summary>
public sealed record RouteSelectorOptions
{
    /// <summary>A failed route rests this long at first; doubled at each further failure.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest rest, before jitter.</summary>
    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A failed higher route is taken back after it has been well for this long, so that a flapping proxy moves nobody.</summary>
    public TimeSpan HoldDown { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a route in hold-down is probed.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>At the start the next route is tried beside a slow one after this.</summary>
    public TimeSpan Stagger { get; init; } = TimeSpan.FromSeconds(1);
}
