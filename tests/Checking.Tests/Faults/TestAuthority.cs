using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Checking.Tests.Faults;

/// <summary>A CA made for a test, and what it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        Certificate = request.CreateSelfSigned(now.AddYears(-2), now.AddYears(10));
    }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2Collection Trust => [Certificate];

    /// <summary>A certificate with its key for a server or client.</summary>
    public SslStreamCertificateContext Issue(string name, TimeSpan? begins = null, TimeSpan? ends = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(Certificate, now + (begins ?? TimeSpan.FromDays(-1)), now + (ends ?? TimeSpan.FromDays(300)), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null), null, offline: true);
    }

    /// <summary>Its own certificate for a server, signed by itself and for its own name.</summary>
    public SslStreamCertificateContext Self()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Certificate.SubjectName, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Certificate.GetNameInfo(X509NameType.SimpleName, false));
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var whole = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(300));
        return SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null), null, offline: true);
    }

    public void WriteTrust(string file) => File.WriteAllText(file, Certificate.ExportCertificatePem());

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }
}
