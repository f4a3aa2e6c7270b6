namespace Culvert.Storage;

/// <summary>A client certificate that the portal issued.</summary>
public sealed record CertificateEntry
{
    /// <summary>Serial number, upper-case hex.</summary>
    public required string Serial { get; init; }

    /// <summary>The sensor it was issued to.</summary>
    public required string Sensor { get; init; }

    /// <summary>SHA-256 of the certificate, upper-case hex.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>Start of validity.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>End of validity.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>When it was revoked; null when it is good.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was first used to sign in.</summary>
    public DateTimeOffset? FirstUsedAt { get; init; }
}
