namespace Culvert.Outbox;

/// <summary>What was peeked last of each stream and may be on its way, and which of it was dropped meanwhile. Used under the store's lock.</summary>
internal sealed class InFlight
{
    private readonly Dictionary<RecordStream, (long First, long Last, HashSet<long> Dropped)> _ranges = [];

    /// <summary>A batch was handed out.</summary>
    public void Begin(RecordStream stream, long first, long last) => _ranges[stream] = (first, last, []);

    /// <summary>It was acknowledged or given up.</summary>
    public void End(RecordStream stream) => _ranges.Remove(stream);

    /// <summary>A record was dropped. If the transaction is undone after this, the same record is dropped again by the next attempt: noting it twice changes nothing.</summary>
    public void NoteDropped(RecordStream stream, long id)
    {
        if (_ranges.TryGetValue(stream, out var range) && id >= range.First && id <= range.Last)
        {
            range.Dropped.Add(id);
        }
    }

    /// <summary>How many of a range were dropped since it was handed out.</summary>
    public long DroppedWithin(RecordStream stream, long first, long last) =>
        _ranges.TryGetValue(stream, out var range) ? range.Dropped.Count(id => id >= first && id <= last) : 0;
}
