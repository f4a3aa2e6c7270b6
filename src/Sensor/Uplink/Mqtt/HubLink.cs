using Culvert.Outbox;
using Culvert.Tunnels;
using Microsoft.Extensions.Logging;
using MQTTnet;

namespace Culvert.Uplink;

/// <summary>Keeps a session with the hub: connects, tells what arrives, and begins anew when it is lost.</summary>
internal sealed class HubLink(HubOptions options, CloudAccess access, TimeProvider clock, Random random, ILogger logger, UplinkMetrics metrics)
{
    // A session that lived this long was a good one: the next attempt starts with the shortest wait again.
    private static readonly TimeSpan GoodSession = TimeSpan.FromSeconds(30);
    // A revoked sensor sends nothing; it asks this seldom whether it may again.
    private static readonly TimeSpan AskAgainWhenRevoked = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private TaskCompletionSource<HubSession> _current = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set up a new session before anything is sent in it: handlers, twin.</summary>
    public Func<HubSession, CancellationToken, Task>? Opened { get; set; }

    /// <summary>Times at which sessions were lost, for "Unstable traffic".</summary>
    public LossCounter Losses { get; } = new(clock);

    /// <summary>Whether a session is open now.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _current.Task.IsCompletedSuccessfully;
            }
        }
    }

    /// <summary>The open session; waits for one.</summary>
    public Task<HubSession> GetSessionAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _current.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sends a batch of records; for a <see cref="RecordLane"/>.</summary>
    public async Task<SendOutcome> SendAsync(WaitingBatch batch, CancellationToken cancellationToken)
    {
        var session = await GetSessionAsync(cancellationToken);
        var (payload, count) = BatchWriter.WriteArray(batch, BatchLimits.IotHub.MaxPayloadBytes);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publish = session.PublishRecordsAsync(payload, lost.Token);
        try
        {
            if (await Task.WhenAny(publish, session.Lost) == publish)
            {
                await publish;
                return new SendOutcome(SendResult.Accepted, count);
            }

            // The answer will not come any more. Wait until the session is taken down, so that the next batch waits for the next one.
            await lost.CancelAsync();
            return new SendOutcome(SendResult.TryAgain, count, null, await session.Lost);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not OutOfMemoryException)
        {
            return new SendOutcome(SendResult.TryAgain, count, null, e.Message);
        }
        finally
        {
            // Whatever comes of an abandoned publish is no longer of interest, but must be observed.
            _ = publish.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(random);
        while (true)
        {
            var started = clock.GetTimestamp();
            var reason = await RunOneAsync(cancellationToken);
            if (clock.GetElapsedTime(started) > GoodSession)
            {
                backoff.Reset();
            }

            var revoked = access.Readings.Revocation is not null;
            var wait = backoff.Next(revoked ? AskAgainWhenRevoked : null);
            UplinkLog.HubLost(logger, reason, wait.TotalSeconds);
            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    private async Task<string> RunOneAsync(CancellationToken cancellationToken)
    {
        HubSession? session = null;
        var watch = options.KeepAliveAdvice is { } advice ? new SilenceWatch(advice, clock) : null;
        try
        {
            (session, var code, var reason) = await HubSession.ConnectAsync(options, access, watch, cancellationToken);
            if (session is null)
            {
                return Refused(code, reason);
            }

            access.Readings.Succeeded(CloudService.IotHub);
            access.Readings.Accepted();
            if (Opened is { } opened)
            {
                await opened(session, cancellationToken);
            }

            UplinkLog.HubConnected(logger, access[CloudService.IotHub].Address.ToString());
            metrics.HubSessions.Add(1);
            lock (_lock)
            {
                _current.TrySetResult(session);
            }

            var lost = await session.Lost.WaitAsync(cancellationToken);
            var silence = watch?.Lost();
            access.Readings.Failed(
                CloudService.IotHub, silence is null ? Cause.ConnectionClosed : Cause.IdleCut, silence is { } idle ? $"cut after {idle.TotalSeconds:0} s of silence; {lost}" : lost);
            Losses.Count();
            return lost;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await SayGoodbyeAsync(session);
            throw;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What the door noted of this attempt says more than the exception; but an answer that is well as HTTP may be none to an upgrade.
            if (access.Readings.Endpoints.Single(r => r.Service == CloudService.IotHub).Cause == Cause.None)
            {
                access.Readings.Failed(CloudService.IotHub, e);
            }

            return e.Message;
        }
        finally
        {
            lock (_lock)
            {
                if (_current.Task.IsCompleted)
                {
                    _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            session?.Dispose();
        }
    }

    private string Refused(MqttClientConnectResultCode code, string? reason)
    {
        // CONNACK 5 says that the sensor was revoked, 4 that its identity does not fit (docs/protocols/cloud-services.md).
        var revoked = code == MqttClientConnectResultCode.NotAuthorized;
        var message = $"The hub refused CONNECT: {code} {reason}".TrimEnd();
        access.Readings.Refused(CloudService.IotHub, new Refusal(revoked ? RefusalCode.SensorRevoked : code.ToString(), message));
        return message;
    }

    private async Task SayGoodbyeAsync(HubSession? session)
    {
        if (session is null)
        {
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), clock);
            await session.DisconnectAsync(limit.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Stopping anyway.
        }
    }
}
