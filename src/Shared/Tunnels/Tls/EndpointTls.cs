using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnels;

/// <summary>The end-to-end TLS with a cloud endpoint: whom to trust and who we are. Independent of the trust in any hop.</summary>
public sealed record EndpointTls
{
    /// <summary>CA certificates of the cloud; null means the operating system's.</summary>
    public X509Certificate2Collection? Trust { get; init; }

    /// <summary>The sensor's client certificate; null shows none.</summary>
    public SslStreamCertificateContext? Identity { get; init; }

    /// <summary>Name expected in the certificate; null means the destination's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>SPKI pins of the endpoint, base64 of SHA-256; empty means none.</summary>
    public IReadOnlyList<string> SpkiPins { get; init; } = [];

    /// <summary>Caps what is sent into the tunnel; null for no cap.</summary>
    public BandwidthLimiter? Limiter { get; init; }

    /// <summary>Whose bytes these are, so that the cap is shared fairly and alerts go first; null for no service in particular.</summary>
    public CloudService? Service { get; init; }
}
