using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.PortalHost;

/// <summary>The portal's own certificate authority and signing keys, all ECDSA P-384, made on first use in the data folder.</summary>
public sealed class PortalAuthority : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int BlobKeyLength = 64;

    // Clocks of sensors may run a little behind; more than five minutes is refused at enrolment anyway.
    private static readonly TimeSpan Backdated = TimeSpan.FromMinutes(10);

    private readonly PortalFolder _folder;
    private readonly TimeProvider _clock;

    private PortalAuthority(PortalFolder folder, TimeProvider clock) => (_folder, _clock) = (folder, clock);

    /// <summary>How long a sensor's certificate is valid.</summary>
    public static TimeSpan SensorCertificateLifetime { get; } = TimeSpan.FromDays(90);

    /// <summary>How long the portal's server certificate is valid.</summary>
    public static TimeSpan ServerCertificateLifetime { get; } = TimeSpan.FromDays(397);

    /// <summary>The root, without its key.</summary>
    public required X509Certificate2 Root { get; init; }

    /// <summary>The CA that issues sensors' and the server's certificates, with its key.</summary>
    public required X509Certificate2 Issuing { get; init; }

    /// <summary>Signs activation files; issued by the root, with its key.</summary>
    public required X509Certificate2 Signing { get; init; }

    /// <summary>Signs package manifests.</summary>
    public required ECDsa PackageKey { get; init; }

    /// <summary>Account key that signs blob SAS tokens.</summary>
    public required byte[] BlobKey { get; init; }

    /// <summary>Opens the authority of a data folder; makes it when it is not there.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="clock">Now.</param>
    /// <exception cref="PortalKeyException">A file of it is missing or damaged.</exception>
    public static PortalAuthority Open(PortalFolder folder, TimeProvider clock)
    {
        folder.Exclusively(() => Make(folder, clock.GetUtcNow()));
        return new PortalAuthority(folder, clock)
        {
            Root = Read(folder, "root.crt", text => X509Certificate2.CreateFromPem(text)),
            Issuing = Load(folder, "issuing"),
            Signing = Load(folder, "signing"),
            PackageKey = Read(folder, "packages.key", ReadKey),
            BlobKey = Read(folder, "blob.key", ReadBlobKey),
        };
    }

    /// <summary>The server certificate for the names, with its key; issued anew when names changed or its end is nearer than 30 days.</summary>
    /// <param name="hostNames">Exact names and addresses.</param>
    public X509Certificate2 ServerCertificate(IReadOnlyList<string> hostNames)
    {
        _folder.Exclusively(() =>
        {
            var now = _clock.GetUtcNow();
            var namesFile = Path.Combine(_folder.Keys, "server.names");
            var names = string.Join('\n', hostNames);
            if (File.Exists(namesFile) && File.ReadAllText(namesFile) == names)
            {
                using var current = Load(_folder, "server");
                if (current.NotAfter.ToUniversalTime() > now.UtcDateTime + TimeSpan.FromDays(30))
                {
                    return;
                }
            }

            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
            var request = new CertificateRequest($"CN={hostNames[0]}", key, HashAlgorithmName.SHA384);
            var alternative = new SubjectAlternativeNameBuilder();
            foreach (var name in hostNames)
            {
                if (IPAddress.TryParse(name, out var address))
                {
                    alternative.AddIpAddress(address);
                }
                else
                {
                    alternative.AddDnsName(name);
                }
            }

            request.CertificateExtensions.Add(alternative.Build());
            AddLeafExtensions(request, ServerAuthentication);
            using var certificate = request.Create(Issuing, now - Backdated, now + ServerCertificateLifetime, Serial());
            Save(_folder, "server", key, certificate);
            PortalFolder.WriteSecret(namesFile, names);
        });
        return Load(_folder, "server");
    }

    /// <summary>Issues a sensor's client certificate for its own key.</summary>
    /// <param name="sensor">The sensor; becomes the subject, whatever the request says.</param>
    /// <param name="key">Public key of its request, checked before.</param>
    public X509Certificate2 IssueSensorCertificate(SensorId sensor, PublicKey key)
    {
        var now = _clock.GetUtcNow();
        var request = new CertificateRequest(new X500DistinguishedName($"CN={sensor.Value}"), key, HashAlgorithmName.SHA384);
        AddLeafExtensions(request, ClientAuthentication);
        using var issuer = Issuing.GetECDsaPrivateKey()!;
        return request.Create(Issuing.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer), now - Backdated, now + SensorCertificateLifetime, Serial());
    }

    /// <summary>Signs bytes with the key of activation files (SHA-384, IEEE P1363 form).</summary>
    /// <param name="content">The bytes.</param>
    public byte[] SignActivation(byte[] content)
    {
        using var key = Signing.GetECDsaPrivateKey()!;
        return key.SignData(content, HashAlgorithmName.SHA384);
    }

    /// <summary>Signs bytes with the key of packages (SHA-384, IEEE P1363 form).</summary>
    /// <param name="content">The bytes.</param>
    public byte[] SignPackage(byte[] content) => PackageKey.SignData(content, HashAlgorithmName.SHA384);

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        Root.Dispose();
        Issuing.Dispose();
        Signing.Dispose();
        PackageKey.Dispose();
    }

    private static void Make(PortalFolder folder, DateTimeOffset now)
    {
        // The root is written last: a folder without it is begun anew after a crash.
        if (File.Exists(Path.Combine(folder.Keys, "root.crt")))
        {
            return;
        }

        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var root = CaRequest($"CN=Culvert portal root {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}", rootKey, 1)
            .CreateSelfSigned(now - Backdated, now.AddYears(20));
        using var issuingKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var issuing = CaRequest("CN=Culvert portal issuing CA", issuingKey, 0).Create(root, now - Backdated, now.AddYears(10), Serial());
        using var signingKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var signingRequest = new CertificateRequest("CN=Culvert portal activation signer", signingKey, HashAlgorithmName.SHA384);
        signingRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        signingRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using var signing = signingRequest.Create(root, now - Backdated, now.AddYears(10), Serial());
        using var packages = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Save(folder, "issuing", issuingKey, issuing);
        Save(folder, "signing", signingKey, signing);
        PortalFolder.WriteSecret(Path.Combine(folder.Keys, "packages.key"), packages.ExportPkcs8PrivateKeyPem());
        PortalFolder.WriteSecret(Path.Combine(folder.Keys, "blob.key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(BlobKeyLength)));
        Save(folder, "root", rootKey, root);
    }

    private static CertificateRequest CaRequest(string subject, ECDsa key, int pathLength)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, pathLength, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private void AddLeafExtensions(CertificateRequest request, string usage)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Issuing, true, false));
    }

    // 127 random bits, positive (RFC 5280, 4.1.2.2: at most 20 octets, not negative).
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }

    private static void Save(PortalFolder folder, string name, ECDsa key, X509Certificate2 certificate)
    {
        PortalFolder.WriteSecret(Path.Combine(folder.Keys, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        PortalFolder.WriteSecret(Path.Combine(folder.Keys, $"{name}.crt"), certificate.ExportCertificatePem());
    }

    private static X509Certificate2 Load(PortalFolder folder, string name) =>
        Read(folder, $"{name}.crt", certificate =>
        {
            // Apart, so that the file at fault is named.
            X509Certificate2.CreateFromPem(certificate).Dispose();
            return Read(folder, $"{name}.key", key => X509Certificate2.CreateFromPem(certificate, key));
        });

    private static T Read<T>(PortalFolder folder, string name, Func<string, T> parse)
    {
        var file = Path.Combine(folder.Keys, name);
        try
        {
            return parse(File.ReadAllText(file));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or FileNotFoundException or UnauthorizedAccessException)
        {
            throw new PortalKeyException(file, e.Message);
        }
    }

    private static ECDsa ReadKey(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }

    // An empty file is valid base64, and a key that everybody knows.
    private static byte[] ReadBlobKey(string text) =>
        Convert.FromBase64String(text) is { Length: BlobKeyLength } key ? key : throw new FormatException($"it does not hold {BlobKeyLength} bytes in base64");
}
