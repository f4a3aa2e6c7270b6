namespace Culvert.Tunnels;

/// <summary>
/// Caps what one sensor sends, over all its tunnels together: a token bucket that holds a quarter of a second. Each service waits in a queue of its own, and the one that
/// was given least goes next; but <see cref="CloudService.IotHub"/>, which carries the alerts, goes first as long as it leaves the others one part in eight.
/// </summary>
public sealed class BandwidthLimiter : IDisposable
{
    /// <summary>What Defender for IoT gives a sensor by default.</summary>
    public const int DefaultKbps = 1500;

    /// <summary>Below this a link is not stable (the same source).</summary>
    public const int MinKbps = 350;

    private readonly TimeProvider _clock;
    private readonly FairQueue _queue = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private double _tokens;
    private long _filledAt;
    private int _kbps;

    /// <summary>Makes a limiter. <paramref name="kbps"/> is in kbit/s, at least <see cref="MinKbps"/>.</summary>
    public BandwidthLimiter(int kbps, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kbps, MinKbps);
        ArgumentNullException.ThrowIfNull(clock);
        (_kbps, _clock, _filledAt) = (kbps, clock, clock.GetTimestamp());
        _tokens = Capacity;
        _timer = clock.CreateTimer(_ => Serve(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The cap in kbit/s; may be changed while tunnels are open.</summary>
    public int Kbps
    {
        get
        {
            lock (_gate)
            {
                return _kbps;
            }
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, MinKbps);
            lock (_gate)
            {
                Refill();
                _kbps = value;
                _tokens = Math.Min(_tokens, Capacity);
            }

            Serve();
        }
    }

    /// <summary>Bytes let through so far.</summary>
    public long BytesSent { get; private set; }

    private double BytesPerSecond => _kbps * 125.0;

    private double Capacity => Math.Max(BytesPerSecond / 4, 4096);

    /// <summary>A stream whose writes count against the cap. It owns the inner one.</summary>
    public Stream Limit(Stream inner) => Limit(inner, null);

    /// <summary>A stream whose writes count against the cap as those of one service. It owns the inner one.</summary>
    public Stream Limit(Stream inner, CloudService? service) => new LimitedStream(inner, this, service);

    /// <summary>Waits until so many bytes may be sent; at most <see cref="MaxChunk"/> at a time.</summary>
    internal async ValueTask TakeAsync(CloudService? service, int bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new BandwidthWaiter(service, bytes);
        lock (_gate)
        {
            _queue.Add(waiter);
        }

        Serve();
        await using var registration = cancellationToken.Register(() => waiter.Granted.TrySetCanceled(cancellationToken));
        await waiter.Granted.Task;
    }

    private void Serve()
    {
        lock (_gate)
        {
            Refill();
            while (_queue.Peek() is { } next)
            {
                if (next.Granted.Task.IsCompleted)
                {
                    // Its caller gave up.
                    _queue.Remove(next, served: false);
                    continue;
                }

                // A chunk may be larger than the bucket after the cap was lowered: it then waits for a full one and leaves a debt.
                var needed = Math.Min(next.Bytes, Capacity);
                if (_tokens < needed)
                {
                    var wait = TimeSpan.FromSeconds((needed - _tokens) / BytesPerSecond) + TimeSpan.FromMilliseconds(1);
                    _timer.Change(wait, Timeout.InfiniteTimeSpan);
                    return;
                }

                var granted = next.Granted.TrySetResult();
                _queue.Remove(next, granted);
                if (granted)
                {
                    _tokens -= next.Bytes;
                    BytesSent += next.Bytes;
                }
            }
        }
    }

    /// <summary>How many writes wait now.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>The most one write takes at a time, so that a large upload lets others in between.</summary>
    internal int MaxChunk
    {
        get
        {
            lock (_gate)
            {
                return (int)Math.Clamp(Capacity / 4, 1024, 64 * 1024);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            while (_queue.Peek() is { } waiter)
            {
                waiter.Granted.TrySetException(new ObjectDisposedException(nameof(BandwidthLimiter)));
                _queue.Remove(waiter, served: false);
            }
        }
    }

    private void Refill()
    {
        var now = _clock.GetTimestamp();
        _tokens = Math.Min(Capacity, _tokens + (_clock.GetElapsedTime(_filledAt, now).TotalSeconds * BytesPerSecond));
        _filledAt = now;
    }
}
