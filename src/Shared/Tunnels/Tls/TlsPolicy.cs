using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnels;

/// <summary>The one TLS policy: version 1.2 or 1.3, AES-256-GCM suites with forward secrecy only, host name and chain verified. There is no switch that turns it off.</summary>
public static class TlsPolicy
{
    /// <summary>TLS 1.2 and 1.3.</summary>
    public const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The suites, strongest first (RFC 8446, appendix B.4; RFC 5289).</summary>
    public static IReadOnlyList<TlsCipherSuite> Suites { get; } =
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ];

    /// <summary>Whether a suite that was negotiated is allowed; asked again after each handshake, as systems without a suite policy choose by themselves.</summary>
    public static bool Allows(TlsCipherSuite suite) => Suites.Contains(suite);

    /// <summary>Options of a client. The validation callback only watches: it can refuse, and never accepts what the chain engine refused.</summary>
    /// <param name="serverName">Name expected in the certificate, and sent as SNI.</param>
    /// <param name="trust">CA certificates to trust; null means the operating system's.</param>
    /// <param name="identity">Client certificate to show when asked; null shows none.</param>
    public static SslClientAuthenticationOptions Client(string serverName, X509Certificate2Collection? trust, SslStreamCertificateContext? identity)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            EnabledSslProtocols = Versions,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            ClientCertificateContext = identity,
            AllowRenegotiation = false,
            CertificateChainPolicy = Chain(trust),
        };
        if (CanChooseSuites)
        {
            options.CipherSuitesPolicy = SuitesPolicy();
        }

        return options;
    }

    /// <summary>Options of a server.</summary>
    /// <param name="certificate">The server's certificate with its chain.</param>
    public static SslServerAuthenticationOptions Server(SslStreamCertificateContext certificate)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate,
            EnabledSslProtocols = Versions,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            AllowRenegotiation = false,
        };
        if (CanChooseSuites)
        {
            options.CipherSuitesPolicy = SuitesPolicy();
        }

        return options;
    }

    /// <summary>How a chain is verified: against the given CA certificates only, or the operating system's; revocation is asked where the issuer is a public one, as private CAs here publish no list.</summary>
    public static X509ChainPolicy Chain(X509Certificate2Collection? trust)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (trust is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(trust);
            policy.DisableCertificateDownloads = true;
        }
        else
        {
            policy.RevocationMode = X509RevocationMode.Online;
            // An OT network seldom reaches a revocation list; an unreachable list must not cut the plant off.
            policy.VerificationFlags = X509VerificationFlags.IgnoreEndRevocationUnknown | X509VerificationFlags.IgnoreCertificateAuthorityRevocationUnknown;
        }

        return policy;
    }

    private static bool CanChooseSuites => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    private static CipherSuitesPolicy SuitesPolicy()
    {
#pragma warning disable CA1416 // guarded by CanChooseSuites
        return new CipherSuitesPolicy(Suites);
#pragma warning restore CA1416
    }
}
