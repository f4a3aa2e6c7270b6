using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Culvert.SensorHost;

/// <summary>Reads and checks an activation file. What cannot be checked here, whether it is unused and the newest, the cloud says at enrolment.</summary>
internal static class ActivationReader
{
    private const int MaxBytes = 256 * 1024;
    private const string AskForNew = "Download a new one from the portal.";

    /// <summary>Reads it. Throws <see cref="SensorException"/> when it is no activation file, or was altered.</summary>
    public static ActivationContent Read(string path)
    {
        var file = ReadFile(path);
        byte[] content;
        try
        {
            content = Convert.FromBase64String(file.Content);
            VerifySignature(path, file, content);
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw Altered(path, e.Message);
        }

        var activation = Parse(path, content);
        VerifySigner(path, file, activation);
        return activation;
    }

    /// <summary>SHA-256 fingerprints of the roots that the file makes this sensor trust, for a person to compare with the portal's.</summary>
    public static IReadOnlyList<string> Fingerprints(ActivationContent activation) =>
        [.. Trust(activation).Select(c => string.Join(':', Convert.ToHexString(c.GetCertHash(HashAlgorithmName.SHA256)).Chunk(2).Select(p => new string(p))))];

    /// <summary>The CA certificates of the cloud.</summary>
    public static X509Certificate2Collection Trust(ActivationContent activation)
    {
        var trust = new X509Certificate2Collection();
        trust.ImportFromPem(activation.TrustPem);
        return trust;
    }

    private static ActivationFile ReadFile(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MaxBytes)
            {
                throw new SensorException(SensorExit.BadFile, $"{path} is too large for an activation file.");
            }

            var file = JsonSerializer.Deserialize(stream, CulvertJson.Default.ActivationFile);
            return file is { Kind: "culvert-activation", Content: not null, Signature: not null, SignerPem: not null }
                ? file
                : throw new SensorException(SensorExit.BadFile, $"{path} is no activation file. {AskForNew}");
        }
        catch (JsonException)
        {
            throw new SensorException(SensorExit.BadFile, $"{path} is no activation file. {AskForNew}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SensorException(SensorExit.BadFile, Directory.Exists(path) ? $"{path} is a folder." : File.Exists(path) ? $"{path} cannot be read: {e.Message}" : $"{path} does not exist.");
        }
    }

    private static void VerifySignature(string path, ActivationFile file, byte[] content)
    {
        using var signer = X509Certificate2.CreateFromPem(file.SignerPem);
        using var key = signer.GetECDsaPublicKey();
        if (key is null || !key.VerifyData(content, Convert.FromBase64String(file.Signature), HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            throw Altered(path, "the signature does not fit the content");
        }
    }

    private static void VerifySigner(string path, ActivationFile file, ActivationContent activation)
    {
        try
        {
            using var signer = X509Certificate2.CreateFromPem(file.SignerPem);
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(Trust(activation));
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            // At the time of signing: whether this machine's clock is right is not known yet.
            chain.ChainPolicy.VerificationTime = activation.IssuedAt.UtcDateTime;
            if (!chain.Build(signer))
            {
                throw Altered(path, $"its signer is not of the portal it names ({string.Join(", ", chain.ChainStatus.Select(s => s.Status))})");
            }
        }
        catch (CryptographicException e)
        {
            throw Altered(path, e.Message);
        }
    }

    private static ActivationContent Parse(string path, byte[] content)
    {
        ActivationContent? activation;
        try
        {
            activation = JsonSerializer.Deserialize(content, CulvertJson.Default.ActivationContent);
        }
        catch (JsonException e)
        {
            throw new SensorException(SensorExit.BadFile, $"{path} cannot be understood: {e.Message}");
        }

        if (activation is { Version: not 1 })
        {
            throw new SensorException(SensorExit.BadFile, $"{path} is of a newer form than this sensor understands. Update the sensor.");
        }

        IReadOnlyList<string> mistakes = activation is null ? ["it is empty"] : ActivationCheck.Mistakes(activation, withToken: true);
        return mistakes.Count == 0
            ? activation!
            : throw new SensorException(SensorExit.BadFile, $"{path} cannot be used: {string.Join("; ", mistakes)}. {AskForNew}");
    }

    private static SensorException Altered(string path, string reason) =>
        new(SensorExit.Altered, $"{path} was altered after the portal signed it: {reason}. Nothing was sent. {AskForNew}");
}
