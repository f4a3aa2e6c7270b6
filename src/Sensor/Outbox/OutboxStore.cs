using Microsoft.Extensions.Logging;

namespace Culvert.Outbox;

/// <summary>The sensor's durable queue of what is not yet acknowledged. Thread safe; one process at a time.</summary>
/// <remarks>
/// Accepted means: written, and the disk told to keep it, when <see cref="AppendAsync"/> returns. Each record gets its id (stream, epoch, sequence) in the
/// transaction that stores it. When the outbox is full, the lowest stream loses its oldest records; the loss is stored and shown in <see cref="ReadHealthAsync"/>.
/// While the disk is full or failing, appending waits (back-pressure) and goes on by itself.
/// </remarks>
public sealed class OutboxStore : IDisposable
{
    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly GuardedFile _guarded;
    private readonly DrainRate _drainRate;
    private readonly InFlight _inFlight = new();
    private readonly Pulse _appended = new();
    private readonly Pulse _acknowledged = new();
    private volatile OutboxTotals _totals = new();

    private OutboxStore(OutboxOptions options, TimeProvider clock, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBytes, OutboxOptions.SmallestMaxBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(options.ReserveBytes);
        (_options, _clock, _logger) = (options, clock, logger);
        _guarded = new GuardedFile(options, clock, logger, file => _totals = file.ReadTotals());
        _drainRate = new DrainRate(clock);
    }

    /// <summary>What was found damaged at opening or since, and what became of it; null when nothing was.</summary>
    public OutboxRepair? LastRepair => _guarded.LastRepair;

    /// <summary>What keeps it from writing now.</summary>
    public OutboxTrouble Trouble => _guarded.Trouble;

    /// <summary>Records waiting now.</summary>
    public long Waiting => _totals.Waiting;

    /// <summary>The figures now.</summary>
    internal OutboxTotals Totals => _totals;

    /// <summary>The epoch of new records: Unix milliseconds when the store was made. Changes only when a damaged store is replaced.</summary>
    public long Epoch => _guarded.Epoch;

    /// <summary>Opens the outbox of a folder, making it where it is missing, replacing and rescuing it where it is damaged. Throws <see cref="OutboxException"/> where the folder
    /// is in use or unusable; waits, without end but for the token, while the disk is full.</summary>
    public static async Task<OutboxStore> OpenAsync(OutboxOptions options, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        var store = new OutboxStore(options, clock, logger);
        try
        {
            await store._guarded.RunAsync(static _ => true, isAppend: false, cancellationToken);
            store._guarded.HoldReserve();
            store._drainRate.Observe(store._totals.WaitingBytes);
            OutboxLog.Opened(logger, options.Directory, store.Epoch, store._totals.Waiting, store._totals.WaitingBytes);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Accepts records, and with them how far their source has been read, in one transaction. Waits while the disk is full.</summary>
    /// <param name="records">In the order in which they are to be numbered; may be empty.</param>
    /// <param name="checkpoint">See <see cref="SourceCheckpoint"/>; null for records that come of no source.</param>
    /// <param name="cancellationToken">Ends the waiting; nothing is accepted then.</param>
    public async Task AppendAsync(IReadOnlyList<OutgoingRecord> records, SourceCheckpoint? checkpoint, CancellationToken cancellationToken)
    {
        await _guarded.RunAsync(file => Append(file, records, checkpoint), isAppend: true, cancellationToken);
        if (records.Count > 0)
        {
            _drainRate.Observe(_totals.WaitingBytes);
            _appended.Fire();
        }
    }

    /// <summary>The oldest records of the first of these streams, in the order of sending, that has any; null when none has. Takes nothing away.</summary>
    /// <param name="streams">The streams to look at.</param>
    /// <param name="maxRecords">At most this many.</param>
    /// <param name="maxBytes">At most this many bytes of bodies, but at least one record.</param>
    /// <param name="cancellationToken">Ends the waiting for the lock.</param>
    public async Task<WaitingBatch?> PeekAsync(IReadOnlyCollection<RecordStream> streams, int maxRecords, long maxBytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRecords, 1);
        foreach (var stream in OutboxTotals.Streams.Where(streams.Contains))
        {
            while (_totals[stream].Waiting > 0)
            {
                var batch = await _guarded.RunAsync(file => Peek(file, stream, maxRecords, maxBytes), isAppend: false, cancellationToken);
                if (batch.Records.Count > 0)
                {
                    return batch;
                }
            }
        }

        return null;
    }

    /// <summary>Takes the records of a batch out: the cloud has them. A batch acknowledged twice does no harm.</summary>
    public async Task AcknowledgeAsync(WaitingBatch batch, CancellationToken cancellationToken)
    {
        await _guarded.RunAsync(file => Remove(file, batch, asDropped: false), isAppend: false, cancellationToken);
        _drainRate.Observe(_totals.WaitingBytes);
        _acknowledged.Fire();
    }

    /// <summary>Takes out records that the cloud will never take (malformed for it); they count as dropped.</summary>
    public async Task RejectAsync(WaitingBatch batch, CancellationToken cancellationToken)
    {
        await _guarded.RunAsync(file => Remove(file, batch, asDropped: true), isAppend: false, cancellationToken);
        _acknowledged.Fire();
    }

    /// <summary>Returns when one of these streams has a record waiting.</summary>
    public async Task WaitForRecordsAsync(IReadOnlyCollection<RecordStream> streams, CancellationToken cancellationToken)
    {
        while (true)
        {
            var pulse = _appended.Next;
            var totals = _totals;
            if (streams.Any(s => totals[s].Waiting > 0))
            {
                return;
            }

            await pulse.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Returns when nothing waits.</summary>
    public async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var pulse = _acknowledged.Next;
            if (_totals.Waiting == 0)
            {
                return;
            }

            await pulse.WaitAsync(cancellationToken);
        }
    }

    /// <summary>How far each source has been turned into records.</summary>
    public Task<IReadOnlyList<SourceCheckpoint>> ReadCheckpointsAsync(CancellationToken cancellationToken) =>
        _guarded.RunAsync(static file => file.ReadCheckpoints(), isAppend: false, cancellationToken);

    /// <summary>How full it is, and what was dropped.</summary>
    public async Task<OutboxHealth> ReadHealthAsync(CancellationToken cancellationToken)
    {
        var oldest = await _guarded.RunAsync(file => OldestOf(file, _totals), isAppend: false, cancellationToken);
        var totals = _totals;
        return new OutboxHealth
        {
            Records = totals.Waiting,
            Bytes = totals.WaitingBytes,
            MaxBytes = _options.MaxBytes,
            OldestAt = oldest,
            Dropped = OutboxTotals.Streams.Where(s => totals[s].Dropped > 0).ToDictionary(s => s, s => totals[s].Dropped),
            Waiting = OutboxTotals.Streams.Where(s => totals[s].Waiting > 0).ToDictionary(s => s, s => totals[s].Waiting),
            TimeToDrain = _drainRate.TimeToDrain(totals.WaitingBytes),
        };
    }

    /// <summary>Closes the files. Waits for a transaction in progress, at most ten seconds.</summary>
    public void Dispose() => _guarded.Dispose();

    private static DateTimeOffset? OldestOf(OutboxFile file, OutboxTotals totals)
    {
        DateTimeOffset? oldest = null;
        foreach (var stream in OutboxTotals.Streams.Where(s => totals[s].Waiting > 0))
        {
            foreach (var (_, _, acceptedAt) in file.ReadSizes(RowId.First(stream), RowId.Last(stream)))
            {
                var at = DateTimeOffset.FromUnixTimeMilliseconds(acceptedAt);
                oldest = oldest is null || at < oldest ? at : oldest;
                break;
            }
        }

        return oldest;
    }

    private bool Append(OutboxFile file, IReadOnlyList<OutgoingRecord> records, SourceCheckpoint? checkpoint)
    {
        var transaction = new OutboxTransaction(file, _totals, _inFlight);
        file.InTransaction(() =>
        {
            transaction.Append(records, _clock.GetUtcNow().ToUnixTimeMilliseconds());
            transaction.DropDownTo(_options.MaxBytes);
            transaction.Save(checkpoint);
        });
        Commit(transaction);
        return true;
    }

    private WaitingBatch Peek(OutboxFile file, RecordStream stream, int maxRecords, long maxBytes)
    {
        var records = new List<WaitingRecord>();
        var damaged = new List<StoredRecord>();
        long bytes = 0;
        foreach (var row in file.Read(RowId.First(stream), RowId.Last(stream)))
        {
            if (!row.IsIntact)
            {
                damaged.Add(row);
                continue;
            }

            bytes += row.Body.Length;
            if (records.Count == maxRecords || (records.Count > 0 && bytes > maxBytes))
            {
                break;
            }

            records.Add(new WaitingRecord(
                stream, file.Epochs.GetValueOrDefault(RowId.OrdinalOf(row.Id)), RowId.SequenceOf(row.Id), DateTimeOffset.FromUnixTimeMilliseconds(row.AcceptedAt), row.Body)
            { RowId = row.Id });
        }

        if (damaged.Count > 0 || records.Count == 0)
        {
            DropDamaged(file, stream, damaged);
        }

        if (records.Count > 0)
        {
            _inFlight.Begin(stream, records[0].RowId, records[^1].RowId);
        }

        return new WaitingBatch(stream, records);
    }

    private void DropDamaged(OutboxFile file, RecordStream stream, List<StoredRecord> damaged)
    {
        var transaction = new OutboxTransaction(file, _totals, _inFlight);
        file.InTransaction(() =>
        {
            foreach (var row in damaged)
            {
                transaction.Remove(stream, row.Id, row.Id, asDropped: true);
            }

            if (damaged.Count == 0)
            {
                // The figures say that records wait, and there are none: make them true again.
                transaction.Recount(stream);
            }
        });
        Commit(transaction);
        OutboxLog.Damaged(_logger, stream, damaged.Count);
    }

    private bool Remove(OutboxFile file, WaitingBatch batch, bool asDropped)
    {
        var first = batch.Records[0].RowId;
        var last = batch.Records[^1].RowId;
        var transaction = new OutboxTransaction(file, _totals, _inFlight);
        file.InTransaction(() => transaction.Remove(batch.Stream, first, last, asDropped));
        Commit(transaction);
        _inFlight.End(batch.Stream);
        _guarded.GiveSpaceBack(file, _totals.WaitingBytes);
        return true;
    }

    private void Commit(OutboxTransaction transaction)
    {
        _totals = transaction.Totals;
        foreach (var (stream, count) in transaction.DroppedNow)
        {
            OutboxLog.Dropped(_logger, count, stream, _options.MaxBytes);
        }
    }
}
