namespace Culvert.Outbox;

/// <summary>How fast the outbox shrinks, over about the last half minute. Thread safe.</summary>
internal sealed class DrainRate(TimeProvider clock)
{
    private const int MaxSamples = 7;
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Queue<(long At, long WaitingBytes)> _samples = new();
    private long _lastAt;

    /// <summary>Notes how much waits now.</summary>
    public void Observe(long waitingBytes)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_samples.Count > 0 && clock.GetElapsedTime(_lastAt, now) < Spacing)
            {
                return;
            }

            _lastAt = now;
            _samples.Enqueue((now, waitingBytes));
            if (_samples.Count > MaxSamples)
            {
                _samples.Dequeue();
            }
        }
    }

    /// <summary>Time until nothing waits, at the present rate; null when it does not shrink.</summary>
    public TimeSpan? TimeToDrain(long waitingBytes)
    {
        lock (_lock)
        {
            if (waitingBytes == 0)
            {
                return TimeSpan.Zero;
            }

            if (!_samples.TryPeek(out var first))
            {
                return null;
            }

            var seconds = clock.GetElapsedTime(first.At).TotalSeconds;
            var perSecond = seconds > 0 ? (first.WaitingBytes - waitingBytes) / seconds : 0;
            return perSecond > 0 ? TimeSpan.FromSeconds(Math.Min(waitingBytes / perSecond, TimeSpan.FromDays(365).TotalSeconds)) : null;
        }
    }
}
