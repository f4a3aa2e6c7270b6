namespace Culvert.Outbox;

/// <summary>The changes of one transaction, with the figures as they will be after its commit. Runs inside <see cref="OutboxFile.InTransaction"/>.</summary>
internal sealed class OutboxTransaction(OutboxFile file, OutboxTotals totals, InFlight inFlight)
{
    private readonly SortedSet<RecordStream> _changed = [];
    private readonly Dictionary<RecordStream, long> _droppedNow = [];

    /// <summary>The figures after it.</summary>
    public OutboxTotals Totals { get; private set; } = totals;

    /// <summary>Records that it dropped because the outbox was full or they were too large.</summary>
    public IReadOnlyDictionary<RecordStream, long> DroppedNow => _droppedNow;

    /// <summary>Numbers the records and stores them. One that is too large for any message keeps its number and is dropped.</summary>
    public void Append(IReadOnlyList<OutgoingRecord> records, long acceptedAt)
    {
        foreach (var record in records)
        {
            var now = Totals[record.Stream];
            var sequence = now.LastSequence + 1;
            if (record.Body.Length > OutgoingRecord.MaxBodyBytes)
            {
                Set(record.Stream, now with { LastSequence = sequence });
                CountDropped(record.Stream, 1);
                continue;
            }

            var size = record.Body.Length + StreamTotals.OverheadBytes;
            file.Insert(RowId.Make(record.Stream, file.CurrentOrdinal, sequence), size, acceptedAt, record.Body);
            Set(record.Stream, now with { LastSequence = sequence, Waiting = now.Waiting + 1, WaitingBytes = now.WaitingBytes + size });
        }

        SaveChanged();
    }

    /// <summary>Drops the oldest records of the lowest stream, then of the next, until the limit holds.</summary>
    public void DropDownTo(long maxBytes)
    {
        for (var i = OutboxTotals.Streams.Count - 1; i >= 0 && Totals.WaitingBytes > maxBytes; i--)
        {
            var stream = OutboxTotals.Streams[i];
            if (Totals[stream].Waiting > 0)
            {
                DropOldest(stream, Totals.WaitingBytes - maxBytes);
            }
        }

        SaveChanged();
    }

    /// <summary>Takes a range of one stream out.</summary>
    public void Remove(RecordStream stream, long first, long last, bool asDropped)
    {
        long count = 0;
        long bytes = 0;
        foreach (var (_, size, _) in file.ReadSizes(first, last))
        {
            count++;
            bytes += size;
        }

        file.Delete(first, last);
        var now = Totals[stream];
        // What was dropped while it was on its way did arrive after all: the count of the lost must be true.
        var arrived = asDropped ? 0 : inFlight.DroppedWithin(stream, first, last);
        Set(stream, now with
        {
            Waiting = now.Waiting - count,
            WaitingBytes = now.WaitingBytes - bytes,
            Dropped = now.Dropped - arrived + (asDropped ? count : 0),
        });
        SaveChanged();
    }

    /// <summary>Counts a stream's rows anew.</summary>
    public void Recount(RecordStream stream)
    {
        var (count, bytes) = file.ReadSizes(RowId.First(stream), RowId.Last(stream)).Aggregate((Count: 0L, Bytes: 0L), (sum, row) => (sum.Count + 1, sum.Bytes + row.Size));
        Set(stream, Totals[stream] with { Waiting = count, WaitingBytes = bytes });
        SaveChanged();
    }

    /// <summary>Stores a checkpoint, where there is one.</summary>
    public void Save(SourceCheckpoint? checkpoint)
    {
        if (checkpoint is not null)
        {
            file.Save(checkpoint);
        }
    }

    private void DropOldest(RecordStream stream, long bytesToFree)
    {
        long freed = 0;
        long count = 0;
        long last = 0;
        foreach (var (id, size, _) in file.ReadSizes(RowId.First(stream), RowId.Last(stream)))
        {
            freed += size;
            count++;
            last = id;
            inFlight.NoteDropped(stream, id);
            if (freed >= bytesToFree)
            {
                break;
            }
        }

        file.Delete(RowId.First(stream), last);
        var now = Totals[stream];
        Set(stream, now with { Waiting = now.Waiting - count, WaitingBytes = now.WaitingBytes - freed });
        CountDropped(stream, count);
    }

    private void CountDropped(RecordStream stream, long count)
    {
        Set(stream, Totals[stream] with { Dropped = Totals[stream].Dropped + count });
        _droppedNow[stream] = _droppedNow.GetValueOrDefault(stream) + count;
    }

    private void Set(RecordStream stream, StreamTotals now)
    {
        Totals = Totals.With(stream, now);
        _changed.Add(stream);
    }

    private void SaveChanged()
    {
        foreach (var stream in _changed)
        {
            file.Save(stream, Totals[stream]);
        }

        _changed.Clear();
    }
}
