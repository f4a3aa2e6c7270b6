using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>Does what the cloud tells the sensor to do.</summary>
internal sealed class SensorCommandHandler(ZoneFeeds feeds, HealthReporter health, CheckDesk checks, SensorFolder folder) : ISensorCommands
{
    /// <inheritdoc/>
    public async Task<CommandAnswer> SendHealthAsync(CancellationToken cancellationToken)
    {
        await health.SendAsync(cancellationToken);
        return CommandAnswer.Done;
    }

    /// <inheritdoc/>
    public Task<CommandAnswer> RunChecksAsync(CancellationToken cancellationToken) => checks.AnswerAsync(health.SendAsync, cancellationToken);

    /// <inheritdoc/>
    public Task<EvidenceCapture?> CutEvidenceAsync(string alertId, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            if (feeds.WithAlert(alertId) is not { } feed || feed.FindAlert(alertId) is not { } alert)
            {
                return null;
            }

            DurableFile.MakeFolder(folder.Evidence);
            var file = Path.Combine(folder.Evidence, $"{alertId}.pcap");
            bool found;
            using (var stream = File.Create(file))
            {
                found = feed.CutEvidence(alert, stream, cancellationToken);
            }

            if (!found)
            {
                File.Delete(file);
                return null;
            }

            return new EvidenceCapture(file, $"evidence/{alertId}.pcap");
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<CommandAnswer> LearnAlertAsync(string alertId, CancellationToken cancellationToken) => Task.FromResult(
        feeds.WithAlert(alertId) is not { } feed ? CommandAnswer.NotFound("The alert")
        : feed.LearnAlert(alertId) ? CommandAnswer.Done
        : new CommandAnswer(409, "The alert is closed, or of a kind that cannot be learned."));

    /// <inheritdoc/>
    public Task<CommandAnswer> CloseAlertAsync(string alertId, CancellationToken cancellationToken) => Task.FromResult(
        feeds.WithAlert(alertId)?.CloseAlert(alertId) is true ? CommandAnswer.Done : CommandAnswer.NotFound("The alert"));
}
