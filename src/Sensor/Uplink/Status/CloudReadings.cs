namespace Culvert.Uplink;

/// <summary>What the sensor knows of its cloud from the answers: per endpoint the last outcome, the clock, a refusal of the sensor itself. Thread safe.</summary>
public sealed class CloudReadings(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CloudService, EndpointReading> _endpoints = Enum.GetValues<CloudService>().ToDictionary(s => s, s => new EndpointReading { Service = s });
    private Refusal? _revocation;
    private TaskCompletionSource _accepted = Completed();

    /// <summary>The drift of the sensor's clock.</summary>
    public ClockDrift Clock { get; } = new();

    /// <summary>The sensor's clock.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Set when the cloud says that it revoked this sensor; null again once the cloud accepts it.</summary>
    public Refusal? Revocation
    {
        get
        {
            lock (_lock)
            {
                return _revocation;
            }
        }
    }

    /// <summary>All endpoints, in the order of the services.</summary>
    public IReadOnlyList<EndpointReading> Endpoints
    {
        get
        {
            lock (_lock)
            {
                return [.. _endpoints.Values.OrderBy(e => e.Service)];
            }
        }
    }

    /// <summary>An endpoint answered well.</summary>
    public void Succeeded(CloudService service)
    {
        lock (_lock)
        {
            _endpoints[service] = _endpoints[service] with { LastSuccessAt = Now, Cause = Cause.None, Evidence = null, FailuresInARow = 0, Trace = null };
        }
    }

    /// <summary>The sensor's identity was accepted: an earlier revocation is over.</summary>
    public void Accepted()
    {
        lock (_lock)
        {
            _revocation = null;
            _accepted.TrySetResult();
        }
    }

    /// <summary>An endpoint could not be reached or answered badly.</summary>
    public void Failed(CloudService service, Exception failure)
    {
        var (cause, evidence, trace) = FailureReading.Of(failure);
        if (cause != Cause.Cancelled)
        {
            Fail(service, cause, evidence, trace);
        }
    }

    /// <summary>An endpoint answered badly.</summary>
    public void Failed(CloudService service, Cause cause, string evidence) => Fail(service, cause, evidence, null);

    /// <summary>An endpoint refuses the sensor.</summary>
    public void Refused(CloudService service, Refusal? refusal)
    {
        var revoked = refusal?.Code == RefusalCode.SensorRevoked;
        Fail(service, revoked ? Cause.IdentityRevoked : Cause.IdentityRefused, refusal?.Message ?? "the service refuses the sensor's identity", null);
        if (revoked)
        {
            lock (_lock)
            {
                _revocation = refusal;
                if (_accepted.Task.IsCompleted)
                {
                    _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
        }
    }

    /// <summary>Returns at once where the sensor is not revoked, else when the cloud accepts it again.</summary>
    public Task WaitUntilNotRevokedAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _accepted.Task.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void Fail(CloudService service, Cause cause, string? evidence, Trace? trace)
    {
        lock (_lock)
        {
            var before = _endpoints[service];
            _endpoints[service] = before with { LastFailureAt = Now, Cause = cause, Evidence = evidence, FailuresInARow = before.FailuresInARow + 1, Trace = trace };
        }
    }
}
