namespace Culvert.Checking;

/// <summary>Proves every way to every cloud endpoint with the product's own dialer, and where one does not lead there, finds the hop, the cause and who must act.</summary>
/// <param name="dialer">The dialer of the product, with its deadlines.</param>
/// <param name="clock">The time.</param>
/// <param name="resolver">The resolver that the dialer uses; null when it uses the operating system's.</param>
public sealed class Checker(TunnelDialer dialer, TimeProvider clock, NameResolver? resolver = null)
{
    /// <summary>Checks. What the network does is in the report.</summary>
    /// <param name="request">What is to be proved.</param>
    /// <param name="options">How far to go.</param>
    /// <param name="progress">Told as parts begin and end, from any thread; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<CheckReport> RunAsync(CheckRequest request, CheckOptions options, IProgress<CheckProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        using var run = new CheckRun(dialer, clock, resolver ?? new NameResolver(dialer.Options, clock), request, options, progress);
        var (startedAt, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var tried = await Task.WhenAll(request.Routes.Select(r => run.TryRouteAsync(r, cancellationToken)));
        var routes = await Task.WhenAll(request.Routes.Select((r, i) => run.LookIntoAsync(r, tried[i], cancellationToken)));
        await run.CheckBesidesAsync(routes, cancellationToken);
        var findings = run.Findings(routes);
        var drift = run.Drift;
        return new CheckReport
        {
            Sensor = request.Sensor,
            StartedAt = startedAt,
            Elapsed = clock.GetElapsedTime(started),
            Outcome = Judge(routes, findings),
            Activated = request.Identity is not null,
            ClockDriftMilliseconds = drift is null ? null : Math.Round(drift.Value.Drift.TotalMilliseconds),
            ClockUncertaintyMilliseconds = drift is null ? null : Math.Round(drift.Value.Uncertainty.TotalMilliseconds),
            Routes = routes,
            Findings = findings,
        };
    }

    private static CheckOutcome Judge(IReadOnlyList<RouteCheck> routes, IReadOnlyList<Finding> findings)
    {
        var endpoints = routes.SelectMany(r => r.Endpoints).GroupBy(e => e.Address).ToArray();
        return endpoints.Length == 0 || endpoints.Any(e => !e.Any(c => c.Succeeded)) ? CheckOutcome.NoWay
            : findings.Any(f => f.Severity == Severity.Fault) || routes.Any(r => !r.Succeeded) ? CheckOutcome.Impaired
            : findings.Any(f => f.Severity == Severity.Warning) ? CheckOutcome.PassedWithWarnings
            : CheckOutcome.Passed;
    }
}
