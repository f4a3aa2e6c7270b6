namespace Culvert;

/// <summary>The signed file that makes an installed sensor this site's sensor: the exact bytes that were signed, and the signature.</summary>
public sealed record ActivationFile
{
    /// <summary>Always <c>culvert-activation</c>.</summary>
    public string Kind { get; init; } = "culvert-activation";

    /// <summary>UTF-8 JSON of an <see cref="ActivationContent"/>, base64: signed as it stands, so no canonical form is needed.</summary>
    public required string Content { get; init; }

    /// <summary>ECDSA (P-384, SHA-384, IEEE P1363 form) over the decoded content, base64.</summary>
    public required string Signature { get; init; }

    /// <summary>PEM of the portal's signing certificate, issued by the root in the content's trust; the sensor shows its root's fingerprint on activation.</summary>
    public required string SignerPem { get; init; }
}
