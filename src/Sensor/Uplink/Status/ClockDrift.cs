namespace Culvert.Uplink;

/// <summary>The sensor's clock minus the cloud's, from the times that answers carry. Thread safe.</summary>
/// <remarks>
/// An answer says: at some instant between sending and receiving, the cloud's clock showed the stamp, cut to its resolution (one second for the Date
/// field, RFC 9110 section 6.6.1). Each answer therefore bounds the drift from both sides; the bounds of several answers are narrowed to what they have in common.
/// </remarks>
public sealed class ClockDrift
{
    // A crystal drifts less than 0.1 ms per second: over ten minutes the bounds of old answers are still true within 60 ms, and then they are let go.
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private TimeSpan _low;
    private TimeSpan _high;
    private DateTimeOffset? _since;

    /// <summary>The drift, positive when the sensor is ahead; null before the first answer.</summary>
    public TimeSpan? Drift
    {
        get
        {
            lock (_lock)
            {
                return _since is null ? null : (_low + _high) / 2;
            }
        }
    }

    /// <summary>How far the true drift may be from <see cref="Drift"/>.</summary>
    public TimeSpan Uncertainty
    {
        get
        {
            lock (_lock)
            {
                return (_high - _low) / 2;
            }
        }
    }

    /// <summary>Takes an answer into account.</summary>
    /// <param name="sentAt">Sensor's clock before sending.</param>
    /// <param name="receivedAt">Sensor's clock after receiving.</param>
    /// <param name="stamp">Cloud's clock, cut to its resolution.</param>
    /// <param name="resolution">By what the stamp was cut.</param>
    public void Observe(DateTimeOffset sentAt, DateTimeOffset receivedAt, DateTimeOffset stamp, TimeSpan resolution)
    {
        var low = sentAt - stamp - resolution;
        var high = receivedAt - stamp;
        if (high < low)
        {
            // The sensor's clock was set back while the answer was on its way.
            return;
        }

        lock (_lock)
        {
            var narrowedLow = low > _low ? low : _low;
            var narrowedHigh = high < _high ? high : _high;
            if (_since is { } since && receivedAt - since < KeepFor && receivedAt >= since && narrowedLow <= narrowedHigh)
            {
                (_low, _high) = (narrowedLow, narrowedHigh);
                return;
            }

            (_low, _high, _since) = (low, high, receivedAt);
        }
    }
}
