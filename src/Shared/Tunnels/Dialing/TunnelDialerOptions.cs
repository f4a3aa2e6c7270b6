using System.Net;

namespace Culvert.Tunnels;

/// <summary>Deadlines and name resolution of a <see cref="TunnelDialer"/>.</summary>
public sealed record TunnelDialerOptions
{
    /// <summary>Longest wait for a resolver. glibc itself waits 5 s per server.</summary>
    public TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for a TCP connection: two lost SYNs (1 s, 2 s) would already cost 3 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest wait for a hop's answer. A hop that accepts and never answers is left after this.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest TLS handshake, with a hop or with the endpoint.</summary>
    public TimeSpan TlsTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest header of an answer, in bytes; more is <see cref="Cause.MalformedAnswer"/>.</summary>
    public int MaxAnswerBytes { get; init; } = 32 * 1024;

    /// <summary>Names that are resolved here and not by the resolver, for private endpoints. Keys in lower case.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> Hosts { get; init; } = new Dictionary<string, IReadOnlyList<IPAddress>>();

    /// <summary>Sent as User-Agent to HTTP hops; null sends none.</summary>
    public string? UserAgent { get; init; } = "culvert";
}
