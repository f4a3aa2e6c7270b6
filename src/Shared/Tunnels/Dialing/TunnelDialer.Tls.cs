namespace Culvert.Tunnels;

public sealed partial class TunnelDialer
{
    /// <summary>Opens a tunnel and runs TLS inside it with the cloud endpoint. <see cref="DialResult.Stream"/> is then an <see cref="System.Net.Security.SslStream"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<DialResult> DialTlsAsync(Route route, HostPort destination, EndpointTls tls, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(tls);
        var result = await DialAsync(route, destination, cancellationToken);
        if (!result.Succeeded)
        {
            return result;
        }

        var inner = tls.Limiter is null ? result.Stream : tls.Limiter.Limit(result.Stream, tls.Service);
        var started = clock.GetTimestamp();
        var witness = new TlsWitness(clock, tls.SpkiPins);
        var clientOptions = TlsPolicy.Client(tls.ServerName ?? destination.Host, tls.Trust, tls.Identity);
        clientOptions.ApplicationProtocols = [System.Net.Security.SslApplicationProtocol.Http11];
        var (stream, fault, evidence) = await TlsHandshake.RunAsync(inner, clientOptions, witness, options.TlsTimeout, clock, cancellationToken);
        var body = fault == TlsFault.NotTls ? result.Announced : null;
        var (cause, seen) = body is null ? Judge(fault, evidence, witness, result.HopClockAhead) : (Cause.MalformedAnswer, body.Evidence(evidence));
        var step = new TraceStep
        {
            HopIndex = body?.HopIndex ?? route.Hops.Count,
            Target = body?.Hop ?? destination.ToString(),
            Stage = body is null ? Stage.Tls : Stage.Request,
            Cause = cause,
            Elapsed = clock.GetElapsedTime(started),
            Evidence = seen is { Length: > 512 } ? seen[..512] : seen,
            CertificateEndsAt = witness.EndsAt,
        };
        return result with { Stream = stream, Bare = null, Socket = null, Leftover = default, Trace = result.Trace with { Steps = [.. result.Trace.Steps, step] } };
    }

    /// <summary>A certificate that has ended, by our clock, and would be valid by that of a hop, tells of our clock and not of the certificate.</summary>
    private (Cause Cause, string? Evidence) Judge(TlsFault fault, string? evidence, TlsWitness witness, TimeSpan? hopClockAhead)
    {
        if (hopClockAhead is not { } ahead || fault is not (TlsFault.Expired or TlsFault.NotYetValid) || ahead.Duration() < TimeSpan.FromMinutes(5))
        {
            return (fault.AtEndpoint(), evidence);
        }

        var theirs = clock.GetUtcNow() + ahead;
        return theirs >= witness.BeginsAt && theirs <= witness.EndsAt
            ? (Cause.ClockOff, $"{evidence}; a hop's clock says {theirs:u}: ours is {ahead.Duration():d\\.hh\\:mm\\:ss} {(ahead > TimeSpan.Zero ? "behind" : "ahead")}")
            : (fault.AtEndpoint(), evidence);
    }
}
