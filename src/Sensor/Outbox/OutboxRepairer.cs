namespace Culvert.Outbox;

/// <summary>Makes new stores, and moves what can be rescued of a damaged one into a new one.</summary>
internal sealed class OutboxRepairer(OutboxFolder folder, TimeProvider clock)
{
    /// <summary>Makes an empty store with a new epoch and puts it into its place.</summary>
    public void MakeEmpty()
    {
        OutboxFolder.DeleteStore(folder.NewStore);
        OutboxFile.Create(folder.NewStore, new Dictionary<int, long> { [0] = NewEpoch(0) }).Dispose();
        folder.TakeNewStore();
    }

    /// <summary>Replaces the damaged store. Records that are kept keep their ids, so what the cloud has already is not stored twice; new ones get a new epoch.</summary>
    public OutboxRepair Repair(string reason)
    {
        OutboxFolder.DeleteStore(folder.NewStore);
        OutboxFile.Create(folder.NewStore, new Dictionary<int, long> { [0] = 1 }).Dispose();
        long kept = 0;
        long? lost = null;
        var rescue = Rescue.TryOpen(folder.Store, folder.RescueCopy, folder.NewStore);
        OutboxFolder.DeleteStore(folder.NewStore);
        try
        {
            var old = rescue?.ReadEpochs() ?? [];
            var epochs = old.Values.Distinct().Order().TakeLast(RowId.MaxOrdinal).Select((epoch, i) => (epoch, i)).ToDictionary(e => e.i, e => e.epoch);
            epochs[epochs.Count] = NewEpoch(old.Count == 0 ? 0 : old.Values.Max());
            var ordinals = epochs.ToDictionary(e => e.Value, e => e.Key);
            using var file = OutboxFile.Create(folder.NewStore, epochs);
            file.InTransaction(() => (kept, lost) = Carry(rescue, old, ordinals, file));
        }
        finally
        {
            rescue?.Dispose();
        }

        OutboxFolder.DeleteStore(folder.RescueCopy);
        return new OutboxRepair(folder.SetAside(clock.GetUtcNow()), reason, kept, lost);
    }

    private static (long Kept, long? Lost) Carry(Rescue? rescue, Dictionary<int, long> oldEpochs, Dictionary<long, int> ordinals, OutboxFile file)
    {
        if (rescue is null)
        {
            return (0, null);
        }

        long kept = 0;
        long lost = 0;
        var figures = rescue.ReadTotals();
        foreach (var stream in OutboxTotals.Streams)
        {
            var before = figures.GetValueOrDefault(stream);
            var now = new StreamTotals { Dropped = before?.Dropped ?? 0 };
            foreach (var record in rescue.ReadRecords(stream))
            {
                if (oldEpochs.TryGetValue(RowId.OrdinalOf(record.Id), out var epoch) && ordinals.TryGetValue(epoch, out var ordinal))
                {
                    file.Insert(RowId.Make(stream, ordinal, RowId.SequenceOf(record.Id)), record.Size, record.AcceptedAt, record.Body);
                    now = now with { Waiting = now.Waiting + 1, WaitingBytes = now.WaitingBytes + record.Size };
                }
            }

            var gone = Math.Max(0, (before?.Waiting ?? 0) - now.Waiting);
            kept += now.Waiting;
            lost += gone;
            file.Save(stream, now with { Dropped = now.Dropped + gone });
        }

        foreach (var checkpoint in rescue.ReadCheckpoints())
        {
            file.Save(checkpoint);
        }

        // A stream that never had a record has no figures, so only a wholly unreadable table means "not known".
        return (kept, figures.Count == 0 && kept == 0 ? null : lost);
    }

    private long NewEpoch(long atLeastAfter)
    {
        var epoch = Math.Max(clock.GetUtcNow().ToUnixTimeMilliseconds(), Math.Max(folder.ReadLastEpoch(), atLeastAfter) + 1);
        folder.WriteLastEpoch(epoch);
        return epoch;
    }
}
