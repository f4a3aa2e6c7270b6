namespace Culvert;

/// <summary>One stage of one hop, or of the endpoint, as it went.</summary>
public sealed record TraceStep
{
    /// <summary>Position on the route, 0 for the hop nearest to the sensor; the endpoint's index is the number of hops.</summary>
    public required int HopIndex { get; init; }

    /// <summary>The hop's name, or the endpoint's <c>host:port</c>.</summary>
    public required string Target { get; init; }

    /// <summary>What was done.</summary>
    public required Stage Stage { get; init; }

    /// <summary>Why it failed; <see cref="Culvert.Cause.None"/> when it went well.</summary>
    public Cause Cause { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What was seen: an address, a status line, a certificate's issuer, a Proxy-Status entry. Never a secret; at most 512 characters.</summary>
    public string? Evidence { get; init; }

    /// <summary>When the first certificate of the chain that the peer showed ends (stages <see cref="Stage.ProxyTls"/> and <see cref="Stage.Tls"/>); null elsewhere.</summary>
    public DateTimeOffset? CertificateEndsAt { get; init; }
}
