using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Removes what is older than its retention: every ten minutes, in short transactions between which ingest goes on.</summary>
internal sealed class RetentionJob(IPortalStore store, RetentionSettings settings, TimeProvider clock, ILogger<RetentionJob> logger) : BackgroundService
{
    // After a long stop there may be much to remove: a few hundred thousand rows a round, the rest in the next.
    private const int MaxBatches = 200;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            do
            {
                await PruneAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        try
        {
            var limits = (await settings.ReadAsync(cancellationToken)).ToLimits();
            var total = 0L;
            for (var batch = 0; batch < MaxBatches; batch++)
            {
                var rows = await store.Retention.PruneAsync(limits, clock.GetUtcNow(), cancellationToken);
                total += rows;
                if (rows == 0)
                {
                    break;
                }

                await Task.Delay(Pause, clock, cancellationToken);
            }

            if (total > 0)
            {
                logger.Pruned(total);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.PruneFailed(e);
        }
    }
}
