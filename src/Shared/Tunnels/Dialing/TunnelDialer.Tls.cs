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

        var inner = tls.Limiter is null ? result.Stream : tls.Limiter.Limit(result.Stream);
        var started = clock.GetTimestamp();
        var witness = new TlsWitness(clock, tls.SpkiPins);
        var clientOptions = TlsPolicy.Client(tls.ServerName ?? destination.Host, tls.Trust, tls.Identity);
        clientOptions.ApplicationProtocols = [System.Net.Security.SslApplicationProtocol.Http11];
        var (stream, fault, evidence) = await TlsHandshake.RunAsync(inner, clientOptions, witness, options.TlsTimeout, clock, cancellationToken);
        var step = new TraceStep
        {
            HopIndex = route.Hops.Count,
            Target = destination.ToString(),
            Stage = Stage.Tls,
            Cause = fault.AtEndpoint(),
            Elapsed = clock.GetElapsedTime(started),
            Evidence = evidence is { Length: > 512 } ? evidence[..512] : evidence,
        };
        return result with { Stream = stream, Socket = null, Leftover = default, Trace = result.Trace with { Steps = [.. result.Trace.Steps, step] } };
    }
}
