using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>The lab's own secrets: passwords and certificates in place of the site's, which no rehearsal needs to know.</summary>
internal sealed class LabSecrets
{
    private const int PasswordBytes = 18;
    private readonly Lock _gate = new();
    private readonly LabFolder _folder;
    private readonly TimeProvider _clock;
    private readonly X509Certificate2 _authority;
    private readonly Dictionary<SecretReference, string> _changed = [];

    public LabSecrets(LabFolder folder, TimeProvider clock)
    {
        (_folder, _clock) = (folder, clock);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Culvert lab proxies", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = clock.GetUtcNow();
        _authority = request.CreateSelfSigned(now.AddDays(-400), now.AddDays(400));
    }

    /// <summary>Where certificates and keys of proxies lie.</summary>
    public string TlsFolder => _folder.Folder("tls");

    /// <summary>Lets a password be another one until <see cref="Restore"/>.</summary>
    public void Change(SecretReference place) => _changed[place] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes));

    /// <summary>Lets a password be what it was.</summary>
    public void Restore(SecretReference place) => _changed.Remove(place);

    /// <summary>The password kept at this place of the site file.</summary>
    public string Password(SecretReference place)
    {
        if (_changed.TryGetValue(place, out var changed))
        {
            return changed;
        }

        var name = $"secrets/{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(place.ToString())))[..16]}";
        var path = _folder.FilePath(name);
        // Programs are started side by side, and two of them may share a password.
        lock (_gate)
        {
            if (File.Exists(path))
            {
                return File.ReadAllText(path);
            }

            _folder.Write(name, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(PasswordBytes)));
            return File.ReadAllText(path);
        }
    }

    /// <summary>The file that holds the password kept at this place.</summary>
    public string PasswordFile(SecretReference place)
    {
        _ = Password(place);
        return _folder.FilePath($"secrets/{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(place.ToString())))[..16]}");
    }

    /// <summary>Makes the certificate of an https proxy, and the CA file for those that speak to it.</summary>
    public void MakeCertificate(SiteProxy proxy, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={proxy.Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(proxy.Address);
        if (proxy.Host is { } host && !System.Net.IPAddress.TryParse(host, out _))
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = _clock.GetUtcNow();
        var (from, to) = isExpired ? (now.AddDays(-300), now.AddDays(-1)) : (now.AddDays(-300), now.AddDays(365));
        using var certificate = request.Create(_authority, from, to, RandomNumberGenerator.GetBytes(16));
        _folder.Write($"tls/{proxy.Name}.pem", certificate.ExportCertificatePem());
        _folder.Write($"tls/{proxy.Name}.key", key.ExportPkcs8PrivateKeyPem());
        _folder.Write($"tls/{proxy.Name}-ca.pem", _authority.ExportCertificatePem());
    }

    /// <summary>Puts the lab's secrets into a planned file.</summary>
    public async Task<string> FillAsync(PlanFile file, string? hashProgram, CancellationToken cancellationToken)
    {
        var text = file.Content.Replace("/etc/culvert/tls", TlsFolder, StringComparison.Ordinal);
        foreach (var secret in file.Secrets)
        {
            if (secret.Token is { } token)
            {
                var password = Password(secret.Place);
                text = text.Replace(token, secret.Form switch
                {
                    PlanSecretForm.Hash => (await Shell.RunAsync(hashProgram ?? throw new LabException("culvert-proxy is missing."), ["hash-password"], password + "\n", cancellationToken)).Trim(),
                    // The lab's passwords are letters and digits.
                    _ => password,
                }, StringComparison.Ordinal);
            }
            else if (secret.Place.Place == SecretPlace.File)
            {
                text = text.Replace(secret.Place.Name, PasswordFile(secret.Place), StringComparison.Ordinal);
            }
        }

        return text;
    }

    /// <summary>The environment variables that a planned file's program reads secrets from.</summary>
    public IReadOnlyDictionary<string, string> Environment(PlanFile file) => file.Secrets
        .Where(s => s is { Token: null, Place.Place: SecretPlace.Environment }).Select(s => s.Place).Distinct().ToDictionary(p => p.Name, Password);
}
