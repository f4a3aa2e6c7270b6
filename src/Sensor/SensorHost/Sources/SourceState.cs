namespace Culvert.SensorHost;

/// <summary>The figures of one source, written by the one thread that reads it.</summary>
internal sealed class SourceState(SensorSource source)
{
    private long _lastTicks;
    private long _packets;
    private long _bytes;
    private long _malformed;
    private long _dropped;
    private volatile string? _fault;
    private volatile bool _finished;

    /// <summary>The source.</summary>
    public SensorSource Source => source;

    /// <summary>Packets read.</summary>
    public long Packets => Volatile.Read(ref _packets);

    /// <summary>Packets that the kernel dropped because they were not taken in time.</summary>
    public long Dropped
    {
        get => Volatile.Read(ref _dropped);
        set => Volatile.Write(ref _dropped, value);
    }

    /// <summary>Why it cannot be read, or not to its end; null when it can.</summary>
    public string? Fault
    {
        get => _fault;
        set => _fault = value;
    }

    /// <summary>Whether a capture is read to its end.</summary>
    public bool Finished
    {
        get => _finished;
        set => _finished = value;
    }

    /// <summary>Counts a packet.</summary>
    public void Count(long ticks, int length, bool malformed)
    {
        Volatile.Write(ref _packets, _packets + 1);
        Volatile.Write(ref _bytes, _bytes + length);
        Volatile.Write(ref _malformed, _malformed + (malformed ? 1 : 0));
        Volatile.Write(ref _lastTicks, ticks);
    }

    /// <summary>As a health record says it.</summary>
    public SourceHealth ToHealth()
    {
        var ticks = Volatile.Read(ref _lastTicks);
        return new SourceHealth
        {
            Name = source.Name,
            Zone = source.Zone,
            Packets = Packets,
            Bytes = Volatile.Read(ref _bytes),
            Malformed = Volatile.Read(ref _malformed),
            // A hostile time stamp may lie beyond what a date can be.
            LastPacketAt = ticks > DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
            Finished = Finished,
        };
    }
}
