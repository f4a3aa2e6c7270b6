namespace Culvert.Tunnels;

/// <summary>Collects the steps of one dial.</summary>
internal sealed class TraceRecorder(Route route, string destination, TimeProvider clock)
{
    private const int MaxEvidence = 512;
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly List<TraceStep> _steps = [];
    private long _stepStarted = clock.GetTimestamp();

    public void Begin() => _stepStarted = clock.GetTimestamp();

    public void End(int hopIndex, string target, Stage stage, Cause cause = Cause.None, string? evidence = null, DateTimeOffset? certificateEndsAt = null)
    {
        _steps.Add(new TraceStep
        {
            HopIndex = hopIndex,
            Target = target,
            Stage = stage,
            Cause = cause,
            Elapsed = clock.GetElapsedTime(_stepStarted),
            Evidence = evidence is { Length: > MaxEvidence } ? evidence[..MaxEvidence] : evidence,
            CertificateEndsAt = certificateEndsAt,
        });
        _stepStarted = clock.GetTimestamp();
    }

    public Trace ToTrace() => new()
    {
        Route = route.Name,
        Hops = [.. route.Hops.Select(h => h.Name)],
        Destination = destination,
        StartedAt = _startedAt,
        Steps = [.. _steps],
    };
}
