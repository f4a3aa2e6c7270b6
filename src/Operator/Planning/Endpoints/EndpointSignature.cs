using System.Security.Cryptography;

namespace Culvert.Planning;

/// <summary>Detached signatures of lists: ECDSA over P-256 with SHA-256 (FIPS 186-5), in DER, as <c>openssl dgst -sha256 -verify</c> reads them.</summary>
public static class EndpointSignature
{
    /// <summary>The end of a signature's file name, after that of the file that it signs.</summary>
    public const string Extension = ".sig";

    /// <summary>Signs. Throws <see cref="CryptographicException"/> or <see cref="ArgumentException"/> when the PEM holds no P-256 private key.</summary>
    public static byte[] Sign(byte[] content, string privateKeyPem)
    {
        using var key = Read(privateKeyPem);
        return key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Whether the signature is that of this content by the owner of this key (public or private PEM).</summary>
    public static bool Verify(byte[] content, byte[] signature, string keyPem)
    {
        using var key = Read(keyPem);
        return key.VerifyData(content, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Makes a key pair, both as PEM (PKCS #8 and SubjectPublicKeyInfo).</summary>
    public static (string Private, string Public) CreateKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (key.ExportPkcs8PrivateKeyPem() + "\n", key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    private static ECDsa Read(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key.KeySize == 256 ? key : throw new CryptographicException($"this key has {key.KeySize} bits; expected one on the curve P-256");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
