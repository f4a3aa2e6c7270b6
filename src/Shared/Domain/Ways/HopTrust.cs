namespace Culvert;

/// <summary>Whom to trust as an <c>https</c> hop. Independent of the trust in the cloud endpoints.</summary>
public sealed record HopTrust
{
    /// <summary>PEM file of the CA certificates to trust; null means the operating system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>SHA-256 hashes of the subject public key info, base64 (RFC 7469, section 2.4); empty means no pinning. Checked besides the chain, never instead.</summary>
    public IReadOnlyList<string> SpkiPins { get; init; } = [];

    /// <summary>The name expected in the certificate; null means the hop's host.</summary>
    public string? ServerName { get; init; }
}
