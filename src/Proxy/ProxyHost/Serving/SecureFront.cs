using System.ComponentModel;
using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Relaying;
using Culvert.Tunnels;

namespace Culvert.ProxyHost;

/// <summary>The TLS of an <c>https</c> listener, under the one TLS policy; client certificates prove identities where a CA for them is set.</summary>
/// <remarks>A certificate that is not good is refused after the handshake, in HTTP: .NET has no way to send the alert of TLS, and a bare close says nothing (docs/decisions/client-certificates-are-refused-in-http.md).</remarks>
internal sealed class SecureFront : ISecureFront
{
    private readonly ListenSettings _settings;
    private volatile SslServerAuthenticationOptions _options;

    /// <exception cref="IOException">A file cannot be read.</exception>
    public SecureFront(ListenSettings settings)
    {
        _settings = settings;
        _options = Read();
    }

    /// <summary>Reads the files; <see cref="Use"/> lets handshakes from then on use them.</summary>
    public SslServerAuthenticationOptions Read()
    {
        var options = TlsPolicy.Server(PemFiles.ReadIdentity(_settings.Certificate!));
        if (_settings.ClientCaFile is { } ca)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = TlsPolicy.Chain(PemFiles.ReadTrust(ca));
            // Who shows no certificate may still have a password; one that is shown and not good is refused by the session.
            options.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) => ((FrontStream)sender).Note(certificate, chain, errors);
        }

        return options;
    }

    /// <summary>Takes what was read.</summary>
    public void Use(SslServerAuthenticationOptions options) => _options = options;

    public async ValueTask<(Leg? Leg, string? Fault)> OpenAsync(Leg plain, CancellationToken cancellationToken)
    {
        var tls = new FrontStream(new LegStream(plain));
        try
        {
            await tls.AuthenticateAsServerAsync(_options, cancellationToken);
            if (!TlsPolicy.Allows(tls.NegotiatedCipherSuite))
            {
                var suite = tls.NegotiatedCipherSuite;
                await tls.DisposeAsync();
                return (null, $"the suite {suite} is not allowed");
            }

            var shown = tls.RemoteCertificate is { } certificate ? Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData())) : null;
            return (new SecureLeg(tls, plain) { CertificateSha256 = tls.Fault is null ? shown : null, CertificateFault = tls.Fault }, null);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or Win32Exception or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            await tls.DisposeAsync();
            return (null, (e.InnerException ?? e).Message);
        }
    }

    /// <summary>A TLS stream that remembers what was wrong with the certificate that its client showed.</summary>
    private sealed class FrontStream(Stream inner) : SslStream(inner, leaveInnerStreamOpen: false)
    {
        /// <summary>Null when the certificate is good or none was shown.</summary>
        public string? Fault { get; private set; }

        public bool Note(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            if (certificate is null || errors == SslPolicyErrors.None)
            {
                return true;
            }

            var flags = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
            Fault = flags switch
            {
                _ when flags.HasFlag(X509ChainStatusFlags.NotTimeValid) => string.Create(CultureInfo.InvariantCulture, $"it is valid from {Date(certificate.GetEffectiveDateString())} to {Date(certificate.GetExpirationDateString())} only"),
                _ when (flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)) != 0 => "it is not signed by a CA of clientCaFile",
                _ when flags != X509ChainStatusFlags.NoError => flags.ToString(),
                _ => errors.ToString(),
            };
            return true;
        }

        private static string Date(string text) => DateTime.Parse(text, CultureInfo.CurrentCulture).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
