using System.ComponentModel;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Culvert.Relaying;
using Culvert.Tunnels;

namespace Culvert.ProxyHost;

/// <summary>The TLS of an <c>https</c> listener, under the one TLS policy; client certificates prove identities where a CA for them is set.</summary>
internal sealed class SecureFront : ISecureFront
{
    private readonly ListenSettings _settings;
    private volatile SslServerAuthenticationOptions _options;

    /// <exception cref="IOException">A file cannot be read.</exception>
    public SecureFront(ListenSettings settings)
    {
        _settings = settings;
        _options = ReadOptions();
    }

    /// <summary>Reads the files again; handshakes from now on use them.</summary>
    public void Reload() => _options = ReadOptions();

    public async ValueTask<Leg?> OpenAsync(Leg plain, CancellationToken cancellationToken)
    {
        var tls = new SslStream(new LegStream(plain), leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsServerAsync(_options, cancellationToken);
            if (!TlsPolicy.Allows(tls.NegotiatedCipherSuite))
            {
                await tls.DisposeAsync();
                return null;
            }

            var shown = tls.RemoteCertificate is { } certificate ? Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData())) : null;
            return new SecureLeg(tls, plain) { CertificateSha256 = shown };
        }
        catch (Exception e) when (e is AuthenticationException or IOException or Win32Exception or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            await tls.DisposeAsync();
            return null;
        }
    }

    private SslServerAuthenticationOptions ReadOptions()
    {
        var options = TlsPolicy.Server(PemFiles.ReadIdentity(_settings.Certificate!));
        if (_settings.ClientCaFile is { } ca)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = TlsPolicy.Chain(PemFiles.ReadTrust(ca));
            // Who shows no certificate may still have a password; a certificate that is shown must be good.
            options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificate is null || errors == SslPolicyErrors.None;
        }

        return options;
    }
}
