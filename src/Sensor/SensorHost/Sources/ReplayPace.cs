namespace Culvert.SensorHost;

/// <summary>When the packets of a capture are due, so many times faster than they were recorded.</summary>
internal sealed class ReplayPace(double speed, TimeProvider clock)
{
    // Captures that were put together of several recordings have gaps of days or years; nobody waits for those.
    private static readonly TimeSpan LongestGap = TimeSpan.FromMinutes(1);

    private long _startedAt;
    private long _lastTicks = long.MinValue;
    private double _dueSeconds;

    /// <summary>How long until a packet of this time is due; asked once for each packet, in order.</summary>
    public TimeSpan Next(long ticks)
    {
        if (speed == 0)
        {
            return TimeSpan.Zero;
        }

        if (_lastTicks == long.MinValue)
        {
            (_lastTicks, _startedAt) = (ticks, clock.GetTimestamp());
            return TimeSpan.Zero;
        }

        var gap = Math.Clamp(ticks - _lastTicks, 0, LongestGap.Ticks);
        _lastTicks = ticks;
        _dueSeconds += gap / speed / TimeSpan.TicksPerSecond;
        var wait = _dueSeconds - clock.GetElapsedTime(_startedAt).TotalSeconds;
        return wait > 0 ? TimeSpan.FromSeconds(wait) : TimeSpan.Zero;
    }
}
