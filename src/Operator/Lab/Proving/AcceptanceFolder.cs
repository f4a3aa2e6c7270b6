using System.Security.Cryptography;
using System.Text.Json;

namespace Culvert.Lab;

/// <summary>Writes an acceptance report as JSON and HTML, and signs the JSON, so that a change request can rest on it.</summary>
/// <remarks>ECDSA with P-256 and SHA-256 (FIPS 186-5). The key is made once beside the labs; who wants to check a report compares the key's fingerprint with the one they were told.</remarks>
public static class AcceptanceFolder
{
    private static readonly JsonSerializerOptions Indented = new(KeeperReply.Json) { WriteIndented = true };
    private const string Json = "acceptance.json";
    private const string Signature = "acceptance.json.sig";
    private const string PublicKey = "acceptance.pem";
    private const string Html = "acceptance.html";

    /// <summary>Writes the report into a folder; gives the fingerprint of the key that signed it.</summary>
    public static string Write(Acceptance acceptance, string folder, string keyFile)
    {
        Directory.CreateDirectory(folder);
        using var key = OpenKey(keyFile);
        var json = JsonSerializer.SerializeToUtf8Bytes(acceptance, Indented);
        var fingerprint = Fingerprint(key);
        File.WriteAllBytes(Path.Combine(folder, Json), json);
        File.WriteAllText(Path.Combine(folder, Signature), Convert.ToBase64String(key.SignData(json, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) + "\n");
        File.WriteAllText(Path.Combine(folder, PublicKey), key.ExportSubjectPublicKeyInfoPem() + "\n");
        File.WriteAllText(Path.Combine(folder, Html), AcceptancePage.Write(acceptance, Convert.ToHexStringLower(SHA256.HashData(json)), fingerprint));
        return fingerprint;
    }

    /// <summary>Whether a folder's report is what was signed, the page for people too; gives the fingerprint of the key, and what is wrong where something is.</summary>
    /// <remarks>The page is a picture of the signed JSON: written again from it, it must be the same to the byte.</remarks>
    public static bool Verify(string folder, out string fingerprint, out string? wrong)
    {
        fingerprint = "";
        foreach (var file in (string[])[Json, Signature, PublicKey, Html])
        {
            if (!File.Exists(Path.Combine(folder, file)))
            {
                wrong = $"{Path.Combine(folder, file)} is missing";
                return false;
            }
        }

        using var key = ECDsa.Create();
        var json = File.ReadAllBytes(Path.Combine(folder, Json));
        try
        {
            key.ImportFromPem(File.ReadAllText(Path.Combine(folder, PublicKey)));
            fingerprint = Fingerprint(key);
            if (!key.VerifyData(json, Convert.FromBase64String(File.ReadAllText(Path.Combine(folder, Signature)).Trim()), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            {
                wrong = $"{Json} is not what was signed";
                return false;
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException or CryptographicException)
        {
            wrong = $"{PublicKey} or {Signature} is damaged: {e.Message}";
            return false;
        }

        var page = AcceptancePage.Write(JsonSerializer.Deserialize<Acceptance>(json, Indented)!, Convert.ToHexStringLower(SHA256.HashData(json)), fingerprint);
        wrong = File.ReadAllText(Path.Combine(folder, Html)) == page ? null : $"{Html} does not show what {Json} says";
        return wrong is null;
    }

    /// <summary>Whether a folder's report is what was signed; gives the fingerprint of the key.</summary>
    public static bool Verify(string folder, out string fingerprint) => Verify(folder, out fingerprint, out _);

    private static string Fingerprint(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    private static ECDsa OpenKey(string file)
    {
        if (File.Exists(file))
        {
            var kept = ECDsa.Create();
            kept.ImportFromPem(File.ReadAllText(file));
            return kept;
        }

        var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(file, create);
        writer.Write(made.ExportPkcs8PrivateKeyPem());
        return made;
    }
}
