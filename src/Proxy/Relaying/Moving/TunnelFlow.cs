namespace Culvert.Relaying;

/// <summary>What has passed through one tunnel. Counted by the mover, read by others at any time.</summary>
public sealed class TunnelFlow
{
    private long _up;
    private long _down;

    /// <summary>Bytes from the client on.</summary>
    public long Up => Volatile.Read(ref _up);

    /// <summary>Bytes to the client.</summary>
    public long Down => Volatile.Read(ref _down);

    /// <summary>Counts; each direction has one writer at a time.</summary>
    /// <param name="up">Whether the bytes went away from the client.</param>
    /// <param name="bytes">How many.</param>
    public void Add(bool up, long bytes)
    {
        ref var counter = ref up ? ref _up : ref _down;
        Volatile.Write(ref counter, counter + bytes);
    }
}
