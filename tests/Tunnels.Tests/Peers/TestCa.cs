using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnels.Tests;

/// <summary>A certificate authority made for one test, with its files in a folder that goes with it.</summary>
internal sealed class TestCa : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-ca-").FullName;
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private int _serial;

    public TestCa(string name = "Test CA")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Authority = request.CreateSelfSigned(_now.AddYears(-3), _now.AddYears(10));
        File.WriteAllText(CaFile, Authority.ExportCertificatePem());
    }

    public X509Certificate2 Authority { get; }

    public string CaFile => Path.Combine(_folder, "ca.pem");

    public X509Certificate2Collection Trust => [Authority];

    public static string Pin(X509Certificate2 certificate) => Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>A leaf for a server or a client, valid from a day ago for 90 days unless said otherwise.</summary>
    public X509Certificate2 Issue(string name, TimeSpan? from = null, TimeSpan? until = null)
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
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, true, false));
        using var bare = request.Create(Authority, _now + (from ?? TimeSpan.FromDays(-1)), _now + (until ?? TimeSpan.FromDays(90)), BitConverter.GetBytes(++_serial));
        using var whole = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>Options of a server that follows the policy, with a certificate of this CA.</summary>
    public SslServerAuthenticationOptions Server(string name) => TlsPolicy.Server(Context(Issue(name)));

    public static SslServerAuthenticationOptions ServerOf(X509Certificate2 certificate) => TlsPolicy.Server(Context(certificate));

    /// <summary>Writes a client certificate and its key, readable by the owner alone.</summary>
    public ClientCertificateFiles Write(X509Certificate2 certificate)
    {
        var files = new ClientCertificateFiles(Path.Combine(_folder, $"{certificate.SerialNumber}.pem"), Path.Combine(_folder, $"{certificate.SerialNumber}.key"));
        File.WriteAllText(files.CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(files.KeyFile, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(files.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return files;
    }

    public void Dispose()
    {
        Authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static SslStreamCertificateContext Context(X509Certificate2 certificate) => SslStreamCertificateContext.Create(certificate, null, offline: true);
}
