using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Notices sensors that fell silent, within 15 seconds of their limit.</summary>
internal sealed class SilenceWatch(IPortalStore store, ChangeFeed changes, PortalOptions options, TimeProvider clock, ILogger<SilenceWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var sensor in await store.Sensors.MarkSilentAsync(clock.GetUtcNow(), options.SilenceLimit, cancellationToken))
            {
                logger.Disconnected(sensor);
                changes.Publish(ChangeKind.Sensor, sensor);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.WatchFailed(e);
        }
    }
}
