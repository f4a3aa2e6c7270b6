namespace Culvert.Uplink;

/// <summary>Counts losses over the last quarter of an hour. Thread safe.</summary>
internal sealed class LossCounter(TimeProvider clock)
{
    private const int MaxKept = 100;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Queue<long> _at = new();

    /// <summary>Losses in the last fifteen minutes, at most 100.</summary>
    public int Recent
    {
        get
        {
            lock (_lock)
            {
                while (_at.TryPeek(out var at) && clock.GetElapsedTime(at) > Window)
                {
                    _at.Dequeue();
                }

                return _at.Count;
            }
        }
    }

    /// <summary>One more.</summary>
    public void Count()
    {
        lock (_lock)
        {
            _at.Enqueue(clock.GetTimestamp());
            if (_at.Count > MaxKept)
            {
                _at.Dequeue();
            }
        }
    }
}
