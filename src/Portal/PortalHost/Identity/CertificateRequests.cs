using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.PortalHost;

/// <summary>What became of a certificate request: its key, or what is wrong with it.</summary>
/// <param name="Key">The public key, whose possession was proved.</param>
/// <param name="Mistake">What is wrong; null when nothing is.</param>
internal readonly record struct CertificateRequestCheck(PublicKey? Key, string? Mistake);

/// <summary>Checks certificate requests (PKCS #10, RFC 2986).</summary>
internal static class CertificateRequests
{
    private const int MinRsaBits = 2048;
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";

    /// <summary>Checks form, signature, subject and key.</summary>
    /// <param name="pem">PEM.</param>
    /// <param name="sensor">The sensor that asks.</param>
    public static CertificateRequestCheck Check(string? pem, string sensor)
    {
        CertificateRequest request;
        try
        {
            // Checks the signature, so whoever asks has the private key.
            request = CertificateRequest.LoadSigningRequestPem(pem ?? "", HashAlgorithmName.SHA384);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
            return new CertificateRequestCheck(null, "The certificate request is not a PKCS #10 request in PEM, or its signature is wrong.");
        }

        if (request.SubjectName.Name != $"CN={sensor}")
        {
            return new CertificateRequestCheck(null, $"The subject of the certificate request must be CN={sensor}.");
        }

        return IsStrong(request.PublicKey)
            ? new CertificateRequestCheck(request.PublicKey, null)
            : new CertificateRequestCheck(null, $"The key must be ECDSA P-384, ECDSA P-256, or RSA of at least {MinRsaBits} bits.");
    }

    private static bool IsStrong(PublicKey key)
    {
        try
        {
            using var ecdsa = key.GetECDsaPublicKey();
            if (ecdsa is not null)
            {
                return ecdsa.ExportParameters(false).Curve.Oid.Value is P256 or P384
                    || ecdsa.ExportParameters(false).Curve.Oid.FriendlyName is "nistP256" or "nistP384" or "ECDSA_P256" or "ECDSA_P384";
            }

            using var rsa = key.GetRSAPublicKey();
            return rsa?.KeySize is >= MinRsaBits and <= 8192;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
