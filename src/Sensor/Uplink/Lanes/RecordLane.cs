using Culvert.Outbox;

namespace Culvert.Uplink;

/// <summary>Brings one stream from the outbox to the cloud: one batch on its way at a time, so that order holds; acknowledged only after the cloud's answer.</summary>
/// <remarks>A link that is cut after the cloud's commit and before its answer makes the lane send again: the ids make the cloud store it once.</remarks>
internal sealed class RecordLane(RecordStream stream, BatchLimits limits, OutboxStore outbox, Func<WaitingBatch, CancellationToken, Task<SendOutcome>> send, LaneContext context)
{
    // After this many losses of the same batch it is halved: where large packets are lost on the way (path MTU, a slow link), small ones still pass.
    private const int LossesBeforeHalving = 3;

    private readonly Backoff _backoff = new(context.Random);
    private int _maxRecords = limits.MaxRecords;
    private int _losses;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await outbox.WaitForRecordsAsync([stream], cancellationToken);
            if (await outbox.PeekAsync([stream], _maxRecords, limits.MaxBytes, cancellationToken) is { } batch)
            {
                await SendAsync(batch, cancellationToken);
            }
        }
    }

    private async Task SendAsync(WaitingBatch batch, CancellationToken cancellationToken)
    {
        var started = context.Clock.GetTimestamp();
        var outcome = await send(batch, cancellationToken);
        var sent = batch.First(Math.Clamp(outcome.Sent, 1, batch.Records.Count));
        switch (outcome.Result)
        {
            case SendResult.Accepted:
                // Counted first: whoever waits for the outbox to be empty finds every record counted.
                context.Metrics.Delivered(stream, sent.Records.Count, sent.Bytes, context.Clock.GetElapsedTime(started));
                context.Delivered?.Invoke(sent);
                await outbox.AcknowledgeAsync(sent, cancellationToken);
                _backoff.Reset();
                _losses = 0;
                _maxRecords = Math.Min(limits.MaxRecords, _maxRecords * 2);
                return;

            case SendResult.Malformed or SendResult.TooLarge when sent.Records.Count == 1:
                UplinkLog.Rejected(context.Logger, stream, sent.Records[0].Epoch, sent.Records[0].Sequence, outcome.Reason);
                await outbox.RejectAsync(sent, cancellationToken);
                return;

            case SendResult.Malformed or SendResult.TooLarge:
                // One bad record must not hold up the others, nor take them with it: halve until it stands alone.
                _maxRecords = sent.Records.Count / 2;
                return;

            default:
                if (++_losses % LossesBeforeHalving == 0)
                {
                    _maxRecords = Math.Max(1, sent.Records.Count / 2);
                }

                var wait = _backoff.Next(outcome.RetryAfter);
                UplinkLog.NotDelivered(context.Logger, stream, sent.Records.Count, outcome.Reason, wait.TotalSeconds);
                context.Metrics.Retried(stream);
                await Task.Delay(wait, context.Clock, cancellationToken);
                return;
        }
    }
}
