using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Culvert.PortalHost;

/// <summary>TLS of the portal: 1.2 or 1.3 with AES-256-GCM suites; a client certificate is welcome and never demanded.</summary>
internal sealed class PortalTls
{
    private readonly SslServerAuthenticationOptions _options;

    public PortalTls(PortalOptions options, PortalAuthority authority)
    {
        var (certificate, chain) = options.Certificate is { } given
            ? (X509Certificate2.CreateFromPemFile(given.CertificateFile, given.KeyFile), ReadChain(given.CertificateFile))
            : (authority.ServerCertificate(options.HostNames), new X509Certificate2Collection(authority.Issuing));
        // Named in the request for a client certificate, so that a browser that holds others does not ask its user to pick one.
        var trust = SslCertificateTrust.CreateForX509Collection([authority.Issuing], sendTrustInHandshake: !OperatingSystem.IsWindows());
        _options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true, trust),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CipherSuitesPolicy = OperatingSystem.IsWindows() ? null : Suites(),
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // Any certificate, or none, passes the handshake: the services check it against the portal's CA and its list of revoked ones,
            // and say in their own protocol what is wrong. In a handshake they could only hang up.
#pragma warning disable CA5359 // This is a server: the certificate is the client's, and is checked by the services.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        };
    }

    public TlsHandshakeCallbackOptions ForHttp() => Callback([SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]);

    public TlsHandshakeCallbackOptions ForMqtt() => Callback(null);

    private TlsHandshakeCallbackOptions Callback(List<SslApplicationProtocol>? protocols)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _options.ServerCertificateContext,
            EnabledSslProtocols = _options.EnabledSslProtocols,
            CipherSuitesPolicy = _options.CipherSuitesPolicy,
            ClientCertificateRequired = _options.ClientCertificateRequired,
            CertificateRevocationCheckMode = _options.CertificateRevocationCheckMode,
            RemoteCertificateValidationCallback = _options.RemoteCertificateValidationCallback,
            ApplicationProtocols = protocols,
            AllowRenegotiation = false,
        };
        return new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(options), HandshakeTimeout = TimeSpan.FromSeconds(10) };
    }

    private static X509Certificate2Collection ReadChain(string file)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        return chain;
    }

#pragma warning disable CA1416 // Guarded by the caller.
    private static CipherSuitesPolicy Suites() => new(
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ]);
#pragma warning restore CA1416
}
