using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Planning;

/// <summary>The rules that a certificate of an appliance (a sensor's console, a proxy) must keep.</summary>
/// <remarks>RSA of 2048 bits or more signed with SHA-256; a plain FQDN as common name; country, organization and unit; a CRL distribution point, where there is one, reachable by plain http.</remarks>
public static class CertificateRules
{
    private const string DistributionPoints = "2.5.29.31";
    private const string Sha256Rsa = "1.2.840.113549.1.1.11";
    private const int MinBits = 2048;

    /// <summary>Checks everything that the certificate itself shows.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="now">The time that it must be valid at.</param>
    /// <param name="host">The appliance's name; null accepts any.</param>
    public static IReadOnlyList<CertificateFinding> Check(X509Certificate2 certificate, DateTimeOffset now, string? host = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        using var rsa = certificate.GetRSAPublicKey();
        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var points = CrlUrls(certificate);
        var findings = new List<CertificateFinding>
        {
            new("key", rsa?.KeySize >= MinBits, rsa is null ? $"a key of type {certificate.PublicKey.Oid.FriendlyName}" : string.Create(CultureInfo.InvariantCulture, $"RSA with {rsa.KeySize} bits"), "RSA with 2048 bits or more"),
            new("hash", certificate.SignatureAlgorithm.Value == Sha256Rsa, certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "", "SHA256RSA"),
            new("valid-from", certificate.NotBefore.ToUniversalTime() <= now.UtcDateTime, Show(certificate.NotBefore), "a time in the past"),
            new("valid-to", certificate.NotAfter.ToUniversalTime() > now.UtcDateTime, Show(certificate.NotAfter), "a time in the future"),
            CommonName(certificate, name, host),
        };
        findings.AddRange(new (string Key, string Oid)[] { ("country", "2.5.4.6"), ("organization", "2.5.4.10"), ("organizational-unit", "2.5.4.11") }
            .Select(f => (f.Key, Value: Field(certificate, f.Oid))).Select(f => new CertificateFinding(f.Key, !string.IsNullOrWhiteSpace(f.Value), f.Value ?? "nothing", "to be there")));
        findings.AddRange(points.Select(p => new CertificateFinding("crl-url", Uri.TryCreate(p, UriKind.Absolute, out var url) && url.Scheme == "http", p, "a URL that begins with http:// (not https://, which would need a certificate to check a certificate)")));
        return findings;
    }

    /// <summary>The URLs of the certificate's CRL distribution points (RFC 5280, section 4.2.1.13); empty where it names none.</summary>
    public static IReadOnlyList<string> CrlUrls(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (certificate.Extensions[DistributionPoints] is not { } extension)
        {
            return [];
        }

        var urls = new List<string>();
        try
        {
            var points = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (points.HasData)
            {
                var point = points.ReadSequence();
                // DistributionPoint: [0] DistributionPointName: [0] fullName: GeneralNames; [6] is a URI.
                if (point.HasData && point.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    var named = point.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, true));
                    if (named.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    {
                        ReadNames(named.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, true)), urls);
                    }
                }
            }
        }
        catch (AsnContentException)
        {
            urls.Add("(a distribution point that cannot be read)");
        }

        return urls;
    }

    private static void ReadNames(AsnReader names, List<string> urls)
    {
        while (names.HasData)
        {
            if (names.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 6)))
            {
                urls.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, new Asn1Tag(TagClass.ContextSpecific, 6)));
            }
            else
            {
                names.ReadEncodedValue();
            }
        }
    }

    private static CertificateFinding CommonName(X509Certificate2 certificate, string name, string? host)
    {
        // The simple name falls back to other fields; the rule is about the common name alone.
        var common = Field(certificate, "2.5.4.3") ?? "";
        var isExact = HostPort.IsExactHost(common) && common.Contains('.') && !System.Net.IPAddress.TryParse(common, out _);
        var isMeant = host is null || common.Equals(host, StringComparison.OrdinalIgnoreCase);
        return new CertificateFinding("common-name", isExact && isMeant, common.Length > 0 ? common : name, host is null ? "the appliance's full name, no wildcard" : $"'{host}'");
    }

    private static string? Field(X509Certificate2 certificate, string oid) =>
        certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(n => !n.HasMultipleElements && n.GetSingleElementType().Value == oid).Select(n => n.GetSingleElementValue()).FirstOrDefault();

    private static string Show(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
