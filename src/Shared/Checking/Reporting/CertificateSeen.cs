namespace Culvert.Checking;

/// <summary>A certificate that a peer showed and that was accepted.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="Issuer">Who signed it.</param>
/// <param name="NotAfter">When it ends.</param>
/// <param name="SpkiPin">Base64 of the SHA-256 of its public key (RFC 7469, section 2.4).</param>
public sealed record CertificateSeen(string Subject, string Issuer, DateTimeOffset NotAfter, string SpkiPin);
