using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.SensorHost.Tests;

/// <summary>Activation files with a good signature, and whatever content.</summary>
internal sealed class SignedActivation : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly X509Certificate2 _signer;

    public SignedActivation()
    {
        var request = new CertificateRequest("CN=Portal", _key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        _signer = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        Complete = new ActivationContent
        {
            Sensor = "sensor-1",
            Site = "plant",
            Zone = "cell",
            Endpoints = [.. Enum.GetValues<CloudService>().Select(s => new CloudEndpointEntry(s, "cloud.example.com", 443))],
            TrustPem = _signer.ExportCertificatePem(),
            PackageSigningKeyPem = _key.ExportSubjectPublicKeyInfoPem(),
            EnrolmentToken = "token",
            IssuedAt = now,
            ExpiresAt = now.AddDays(14),
        };
    }

    /// <summary>Content with nothing wrong.</summary>
    public ActivationContent Complete { get; }

    /// <summary>The same as JSON, to be changed.</summary>
    public JsonObject Json() => JsonSerializer.SerializeToNode(Complete, CulvertJson.Default.ActivationContent)!.AsObject();

    /// <summary>The text of a file with this content, signed as a portal does.</summary>
    public string Sign(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        return JsonSerializer.Serialize(
            new ActivationFile
            {
                Content = Convert.ToBase64String(bytes),
                Signature = Convert.ToBase64String(_key.SignData(bytes, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)),
                SignerPem = _signer.ExportCertificatePem(),
            },
            CulvertJson.Default.ActivationFile);
    }

    public void Dispose()
    {
        _signer.Dispose();
        _key.Dispose();
    }
}
