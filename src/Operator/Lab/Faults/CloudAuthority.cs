using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Lab;

/// <summary>Makes certificates of the cloud that are the cloud's in everything but that their time is over.</summary>
internal sealed class CloudAuthority : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private readonly X509Certificate2 _issuing;

    private CloudAuthority(X509Certificate2 issuing) => _issuing = issuing;

    /// <summary>The CA between the root, which sensors know, and the certificates; a server sends it along.</summary>
    public X509Certificate2 Issuing => _issuing;

    /// <summary>Reads the CA of the portal that plays a cloud from its data folder.</summary>
    public static CloudAuthority Read(string portal) => new(
        X509Certificate2.CreateFromPemFile(Path.Combine(portal, "keys", "issuing.crt"), Path.Combine(portal, "keys", "issuing.key")));

    /// <inheritdoc/>
    public void Dispose() => _issuing.Dispose();

    /// <summary>A certificate for a name that was good for a minute when the CA was young: the portal dates its CA back by ten.</summary>
    public X509Certificate2 Expired(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA384);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_issuing, true, false));
        var from = new DateTimeOffset(_issuing.NotBefore);
        using var certificate = request.Create(_issuing, from, from + Lifetime, RandomNumberGenerator.GetBytes(12));
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
