using System.Threading.Channels;
using Culvert.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Culvert.CloudServices;

/// <summary>One writer that brings many requests into one transaction (group commit), so that the disk is synced once for all of them.</summary>
internal sealed class IngestQueue(
    IPortalStore store, ChangeFeed changes, CloudServicesOptions options, CloudServicesMetrics metrics, TimeProvider clock, ILogger<IngestQueue> logger) : BackgroundService
{
    private const int MaxWaitingRequests = 4096;

    private readonly Channel<Request> _requests = Channel.CreateBounded<Request>(
        new BoundedChannelOptions(MaxWaitingRequests) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _waiting;

    /// <summary>Stores records; completes after the commit, or at once with <see cref="IngestResult.Busy"/>.</summary>
    /// <param name="records">Records of one sensor.</param>
    /// <param name="cancellationToken">Stops waiting; what was taken is stored all the same.</param>
    public async Task<IngestResult> StoreAsync(IReadOnlyList<IncomingRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return IngestResult.Committed;
        }

        var request = new Request(records, new TaskCompletionSource<IngestResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        var waiting = Interlocked.Add(ref _waiting, records.Count);
        if ((waiting > options.MaxWaitingRecords && waiting > records.Count) || !_requests.Writer.TryWrite(request))
        {
            Interlocked.Add(ref _waiting, -records.Count);
            metrics.Throttled();
            logger.Throttled(records[0].Sensor.Value, waiting);
            return IngestResult.Busy;
        }

        return await request.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>As <see cref="StoreAsync"/>, but waits its turn while busy: for MQTT, which can't say "later".</summary>
    /// <param name="records">Records of one sensor.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IngestResult> StorePatientlyAsync(IReadOnlyList<IncomingRecord> records, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await StoreAsync(records, cancellationToken);
            if (result != IngestResult.Busy)
            {
                return result;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Request>();
        try
        {
            while (await _requests.Reader.WaitToReadAsync(stoppingToken))
            {
                batch.Clear();
                var count = 0;
                while (count < options.MaxBatchRecords && _requests.Reader.TryRead(out var request))
                {
                    batch.Add(request);
                    count += request.Records.Count;
                }

                await CommitAsync(batch);
                Interlocked.Add(ref _waiting, -count);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Nothing that waits is acknowledged, so the sensors send it again.
            _requests.Writer.TryComplete();
            while (_requests.Reader.TryRead(out var request))
            {
                request.Done.TrySetResult(IngestResult.Failed);
            }
        }
    }

    private async Task CommitAsync(List<Request> batch)
    {
        if (await TryStoreAsync([.. batch.SelectMany(r => r.Records)]))
        {
            batch.ForEach(r => r.Done.TrySetResult(IngestResult.Committed));
        }
        else if (batch.Count == 1)
        {
            batch[0].Done.TrySetResult(IngestResult.Failed);
        }
        else
        {
            // One request that can't be stored must not hold up the others.
            foreach (var request in batch)
            {
                request.Done.TrySetResult(await TryStoreAsync(request.Records) ? IngestResult.Committed : IngestResult.Failed);
            }
        }
    }

    private async Task<bool> TryStoreAsync(IReadOnlyList<IncomingRecord> records)
    {
        try
        {
            var start = clock.GetTimestamp();
            // Not cancelled by a stop: a commit under way is finished and acknowledged.
            var outcome = await store.Ingest.StoreAsync(records, clock.GetUtcNow(), CancellationToken.None);
            metrics.Committed(outcome.Stored, outcome.Duplicates, outcome.DeadLetters, clock.GetElapsedTime(start));
            if (outcome.DeadLetters > 0)
            {
                logger.DeadLettered(outcome.DeadLetters);
            }

            foreach (var (sensor, stream) in records.Select(r => (r.Sensor.Value, r.Id?.Stream)).Distinct())
            {
                changes.Publish(KindOf(stream), sensor);
            }

            return true;
        }
        catch (Exception e)
        {
            logger.CommitFailed(e, records.Count);
            return false;
        }
    }

    private static ChangeKind KindOf(RecordStream? stream) => stream switch
    {
        RecordStream.Alerts or RecordStream.Evidence => ChangeKind.Alerts,
        RecordStream.Inventory => ChangeKind.Devices,
        RecordStream.Traffic => ChangeKind.Traffic,
        RecordStream.Health => ChangeKind.Health,
        _ => ChangeKind.Sensor,
    };

    private sealed record Request(IReadOnlyList<IncomingRecord> Records, TaskCompletionSource<IngestResult> Done);
}
