using Culvert.Analysis;

namespace Culvert.SensorHost;

/// <summary>The last packets of a zone in a fixed amount of memory, for evidence. Not thread-safe.</summary>
internal sealed class PacketRing(int bytes)
{
    private readonly byte[] _data = new byte[bytes];
    private readonly Queue<Entry> _entries = new();
    private int _end;

    /// <summary>Keeps a packet; the oldest make room.</summary>
    public void Add(in CapturedPacket packet)
    {
        var length = packet.Data.Length;
        if (length > _data.Length)
        {
            return;
        }

        if (_end + length > _data.Length)
        {
            // Begins anew at the front; what lies between the end and the wall is given up.
            while (_entries.TryPeek(out var old) && old.Start >= _end)
            {
                _entries.Dequeue();
            }

            _end = 0;
        }

        while (_entries.TryPeek(out var old) && old.Start >= _end && old.Start < _end + Math.Max(length, 1))
        {
            _entries.Dequeue();
        }

        packet.Data.CopyTo(_data.AsSpan(_end));
        _entries.Enqueue(new Entry(packet.LinkType, packet.Ticks, _end, length, packet.OriginalLength));
        _end += length;
    }

    /// <summary>Gives all that is kept to the cut, oldest first.</summary>
    public void CopyTo(EvidenceCut cut)
    {
        foreach (var e in _entries)
        {
            if (!cut.Take(new CapturedPacket(e.LinkType, e.Ticks, _data.AsSpan(e.Start, e.Length), e.OriginalLength)))
            {
                return;
            }
        }
    }

    private readonly record struct Entry(LinkType LinkType, long Ticks, int Start, int Length, int OriginalLength);
}
