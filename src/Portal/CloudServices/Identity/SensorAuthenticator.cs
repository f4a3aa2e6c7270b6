using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Storage;

namespace Culvert.CloudServices;

/// <summary>Tells which sensor a peer is: by client certificate, or by SAS token for official Azure clients.</summary>
public sealed class SensorAuthenticator(IPortalStore store, CloudServicesOptions options, TimeProvider clock)
{
    /// <summary>Checks what a peer presented.</summary>
    /// <param name="certificate">Its client certificate, unchecked.</param>
    /// <param name="sasToken">Its SAS token, unchecked.</param>
    /// <param name="claimed">The sensor it says it is; null where the request does not say.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SensorIdentity> AuthenticateAsync(X509Certificate2? certificate, string? sasToken, string? claimed, CancellationToken cancellationToken)
    {
        var identity = certificate is not null ? await ByCertificateAsync(certificate, cancellationToken)
            : !string.IsNullOrEmpty(sasToken) ? await ByTokenAsync(sasToken, cancellationToken)
            : SensorIdentity.Refused(AuthenticationOutcome.Missing);
        return identity.IsProved && claimed is not null && claimed != identity.Sensor.Value
            ? SensorIdentity.Refused(AuthenticationOutcome.OtherSensor)
            : identity;
    }

    private async Task<SensorIdentity> ByCertificateAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        if (!LeadsToOurCa(certificate))
        {
            return SensorIdentity.Refused(AuthenticationOutcome.Untrusted);
        }

        var entry = await store.Sensors.FindCertificateAsync(certificate.SerialNumber, cancellationToken);
        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        if (entry is null || entry.Sensor != name || entry.Thumbprint != certificate.GetCertHashString(HashAlgorithmName.SHA256))
        {
            return SensorIdentity.Refused(AuthenticationOutcome.Untrusted);
        }

        if (entry.RevokedAt is not null)
        {
            return SensorIdentity.Refused(AuthenticationOutcome.Revoked);
        }

        if (entry.FirstUsedAt is null)
        {
            await store.Sensors.NoteCertificateUseAsync(entry.Serial, clock.GetUtcNow(), cancellationToken);
        }

        return new SensorIdentity(AuthenticationOutcome.Proved, new SensorId(entry.Sensor));
    }

    private async Task<SensorIdentity> ByTokenAsync(string text, CancellationToken cancellationToken)
    {
        if (SasToken.TryParse(text) is not { } token || token.ExpiresAt <= clock.GetUtcNow() || !SensorId.IsValid(token.Sensor))
        {
            return SensorIdentity.Refused(AuthenticationOutcome.Untrusted);
        }

        var key = await store.Sensors.FindKeyAsync(token.Sensor, cancellationToken);
        return key is { Revoked: true } ? SensorIdentity.Refused(AuthenticationOutcome.Revoked)
            : key?.Key is { } secret && token.IsSignedWith(secret) ? new SensorIdentity(AuthenticationOutcome.Proved, new SensorId(token.Sensor))
            : SensorIdentity.Refused(AuthenticationOutcome.Untrusted);
    }

    private bool LeadsToOurCa(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(options.Root);
        chain.ChainPolicy.ExtraStore.Add(options.Issuing);
        // Revocation is the store's own list, exact to the moment; nothing is fetched.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        return chain.Build(certificate);
    }
}
