using System.Net;
using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>Counts the wrong credentials of each source, so that nobody can try passwords for long. The same wrong password again costs nothing: a sensor with an old one does not lock out its neighbours behind one address.</summary>
internal sealed class GuessLimit(TimeProvider clock)
{
    /// <summary>Different wrong credentials that a source may show within the window.</summary>
    public const int Allowed = 10;

    // Sources beyond this many share one count.
    private const int MaxSources = 4096;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (long Since, int Wrong)> _sources = [];

    /// <summary>How long the source must wait; null when it may try.</summary>
    public TimeSpan? WaitOf(IPAddress source)
    {
        lock (_gate)
        {
            return _sources.TryGetValue(KeyOf(source), out var seen) && seen.Wrong >= Allowed && Window - clock.GetElapsedTime(seen.Since) is { Ticks: > 0 } wait ? wait : null;
        }
    }

    /// <summary>Counts wrong credentials of the source.</summary>
    public void Count(IPAddress source)
    {
        lock (_gate)
        {
            var key = KeyOf(source);
            var seen = _sources.TryGetValue(key, out var known) && clock.GetElapsedTime(known.Since) < Window ? known : (clock.GetTimestamp(), 0);
            _sources[key] = (seen.Item1, seen.Item2 + 1);
        }
    }

    private IPAddress KeyOf(IPAddress source)
    {
        var key = source;
        if (source.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // A host has a whole /64 to choose its addresses from.
            Span<byte> bytes = stackalloc byte[16];
            source.TryWriteBytes(bytes, out _);
            bytes[8..].Clear();
            key = new IPAddress(bytes);
        }

        if (_sources.Count < MaxSources || _sources.ContainsKey(key))
        {
            return key;
        }

        foreach (var (old, seen) in _sources.ToList())
        {
            if (clock.GetElapsedTime(seen.Since) >= Window)
            {
                _sources.Remove(old);
            }
        }

        return _sources.Count < MaxSources ? key : IPAddress.None;
    }
}
