namespace Culvert.Relaying;

/// <summary>Totals of one proxy since it started. Cheap to count, read at any time.</summary>
public sealed class RelayCounters
{
    private readonly long[] _ends = new long[Enum.GetValues<TunnelEnd>().Length];
    private readonly long[] _refused = new long[200];
    private long _open;
    private long _accepted;
    private long _opened;
    private long _up;
    private long _down;

    /// <summary>Connections that are served now, tunnels and requests together.</summary>
    public long Connections => Interlocked.Read(ref _accepted);

    /// <summary>Tunnels that are open now.</summary>
    public long OpenTunnels => Interlocked.Read(ref _open);

    /// <summary>Tunnels opened so far.</summary>
    public long OpenedTunnels => Interlocked.Read(ref _opened);

    /// <summary>Bytes from clients, of ended tunnels and of open ones as far as the last sweep saw.</summary>
    public long BytesUp => Interlocked.Read(ref _up);

    /// <summary>Bytes to clients, likewise.</summary>
    public long BytesDown => Interlocked.Read(ref _down);

    /// <summary>Connections that ended so.</summary>
    public long Ended(TunnelEnd end) => Interlocked.Read(ref _ends[(int)end]);

    /// <summary>Refusals by status code, from 400 to 599.</summary>
    public IReadOnlyList<KeyValuePair<int, long>> Refusals => [.. Enumerable.Range(400, 200).Select(s => KeyValuePair.Create(s, Interlocked.Read(ref _refused[s - 400]))).Where(p => p.Value > 0)];

    internal void Accept() => Interlocked.Increment(ref _accepted);

    internal void Open()
    {
        Interlocked.Increment(ref _open);
        Interlocked.Increment(ref _opened);
    }

    internal void AddBytes(long up, long down)
    {
        if ((up | down) != 0)
        {
            Interlocked.Add(ref _up, up);
            Interlocked.Add(ref _down, down);
        }
    }

    internal void Refuse(int status) => Interlocked.Increment(ref _refused[Math.Clamp(status - 400, 0, 199)]);

    internal void End(TunnelEnd end, bool wasOpen)
    {
        Interlocked.Decrement(ref _accepted);
        if (wasOpen)
        {
            Interlocked.Decrement(ref _open);
        }

        Interlocked.Increment(ref _ends[(int)end]);
    }
}
