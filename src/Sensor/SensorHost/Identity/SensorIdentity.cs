using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Tunnels;
using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>Who this sensor is: what its activation file said, its private key, which never leaves it, and its client certificate.</summary>
internal sealed class SensorIdentity
{
    private readonly SensorFolder _folder;
    private volatile Shown _shown;

    private SensorIdentity(SensorFolder folder, ActivationContent activation, Shown shown)
    {
        (_folder, Activation, _shown) = (folder, activation, shown);
        Trust = ActivationReader.Trust(activation);
    }

    /// <summary>What the activation file said.</summary>
    public ActivationContent Activation { get; }

    /// <summary>Its name.</summary>
    public SensorId Sensor => new(Activation.Sensor);

    /// <summary>The CA certificates of the cloud.</summary>
    public X509Certificate2Collection Trust { get; }

    /// <summary>The client certificate, ready to be shown.</summary>
    public SslStreamCertificateContext Certificate => _shown.Context;

    /// <summary>From when the certificate is valid.</summary>
    public DateTimeOffset NotBefore => _shown.Context.TargetCertificate.NotBefore.ToUniversalTime();

    /// <summary>When the certificate ends.</summary>
    public DateTimeOffset NotAfter => _shown.Context.TargetCertificate.NotAfter.ToUniversalTime();

    /// <summary>Reads the identity of a data folder; throws <see cref="SensorException"/> where there is none or it is damaged.</summary>
    public static SensorIdentity Load(SensorFolder folder)
    {
        var (activation, mistakes) = ReadActivation(folder);
        if (mistakes.Count > 0)
        {
            throw new SensorException(SensorExit.BadFile, $"{folder.Activation} cannot be used: {string.Join("; ", mistakes)}. Activate the sensor again with a new activation file.");
        }

        _ = activation ?? throw new SensorException(
            SensorExit.NotActivated, $"The sensor in {folder.Root} is not activated. Onboard it in the portal and run: culvert-sensor activate --data {folder.Root} --activation FILE");
        try
        {
            return new SensorIdentity(folder, activation, Read(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            throw new SensorException(SensorExit.BadFile, $"{folder.Identity} cannot be used: {e.Message} Activate the sensor again with a new activation file.");
        }
    }

    /// <summary>What the activation file said; null where the sensor is not activated, or where what it kept is damaged, which the mistakes say.</summary>
    public static (ActivationContent? Activation, IReadOnlyList<string> Mistakes) ReadActivation(SensorFolder folder)
    {
        if (!File.Exists(folder.Activation))
        {
            return (null, []);
        }

        var activation = DurableFile.TryReadJson(folder.Activation, CulvertJson.Default.ActivationContent);
        IReadOnlyList<string> mistakes = activation is not null
            ? ActivationCheck.Mistakes(activation, withToken: false)
            : ["it is not what an activation leaves, or cannot be read"];
        return mistakes.Count == 0 ? (activation, []) : (null, mistakes);
    }

    /// <summary>Makes the key for a request, or takes the one of a request whose answer was lost: the cloud gives a certificate for the same token and key again.</summary>
    public static (ECDsa Key, string RequestPem) PrepareRequest(SensorFolder folder, SensorId sensor)
    {
        var key = ECDsa.Create();
        if (!TryReadKey(folder.PendingKey, key))
        {
            key.GenerateKey(ECCurve.NamedCurves.nistP384);
            DurableFile.Write(folder.PendingKey, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        }

        var request = new CertificateRequest(new X500DistinguishedName($"CN={sensor.Value}"), key, HashAlgorithmName.SHA384);
        return (key, request.CreateSigningRequestPem());
    }

    /// <summary>Takes a certificate into use. Throws <see cref="CryptographicException"/> when it is not for the key.</summary>
    public static void Keep(SensorFolder folder, string certificatePem, ECDsa key)
    {
        using (var leaf = X509Certificate2.CreateFromPem(certificatePem))
        {
            using var both = leaf.CopyWithPrivateKey(key);
        }

        DurableFile.Write(folder.Identity, Encoding.ASCII.GetBytes($"{certificatePem.TrimEnd()}\n{key.ExportPkcs8PrivateKeyPem()}\n"));
    }

    /// <summary>Keeps what the activation file said, without its token: from now on the sensor is activated.</summary>
    public static void KeepActivation(SensorFolder folder, ActivationContent activation)
    {
        DurableFile.Write(folder.Activation, JsonSerializer.SerializeToUtf8Bytes(activation with { EnrolmentToken = "" }, CulvertJson.Default.ActivationContent));
        File.Delete(folder.PendingKey);
    }

    /// <summary>Takes a renewed certificate into use; tunnels opened from now on show it.</summary>
    public void Renew(string certificatePem, ECDsa key)
    {
        Keep(_folder, certificatePem, key);
        File.Delete(_folder.PendingKey);
        _shown = Read(_folder);
    }

    private static Shown Read(SensorFolder folder) => new(PemFiles.ReadIdentity(new ClientCertificateFiles(folder.Identity, folder.Identity)));

    private static bool TryReadKey(string file, ECDsa key)
    {
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            return true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    private sealed record Shown(SslStreamCertificateContext Context);
}
