namespace Culvert.Tunnels;

/// <summary>Caps what one sensor sends, over all its tunnels together: a token bucket that holds a quarter of a second. Writers wait in the order they came.</summary>
public sealed class BandwidthLimiter : IDisposable
{
    /// <summary>What Defender for IoT gives a sensor by default.</summary>
    public const int DefaultKbps = 1500;

    /// <summary>Below this a link is not stable (the same source).</summary>
    public const int MinKbps = 350;

    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _turn = new(1, 1);
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
        }
    }

    /// <summary>Bytes let through so far.</summary>
    public long BytesSent { get; private set; }

    private double BytesPerSecond => _kbps * 125.0;

    private double Capacity => Math.Max(BytesPerSecond / 4, 4096);

    /// <summary>A stream whose writes count against the cap. It owns the inner one.</summary>
    public Stream Limit(Stream inner) => new LimitedStream(inner, this);

    /// <summary>Waits until so many bytes may be sent; at most <see cref="MaxChunk"/> at a time.</summary>
    internal async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                TimeSpan wait;
                lock (_gate)
                {
                    Refill();
                    if (_tokens >= bytes)
                    {
                        _tokens -= bytes;
                        BytesSent += bytes;
                        return;
                    }

                    wait = TimeSpan.FromSeconds((bytes - _tokens) / BytesPerSecond);
                }

                await Task.Delay(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), _clock, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
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
    public void Dispose() => _turn.Dispose();

    private void Refill()
    {
        var now = _clock.GetTimestamp();
        _tokens = Math.Min(Capacity, _tokens + (_clock.GetElapsedTime(_filledAt, now).TotalSeconds * BytesPerSecond));
        _filledAt = now;
    }
}
