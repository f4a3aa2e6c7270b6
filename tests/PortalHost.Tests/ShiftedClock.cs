namespace Culvert.PortalHost.Tests;

/// <summary>The real clock, moved: timers run in real time, the date is what a test wants.</summary>
public sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
}
