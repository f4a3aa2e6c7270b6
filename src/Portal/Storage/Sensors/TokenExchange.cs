namespace Culvert.Storage;

/// <summary>A token that is to be exchanged for a certificate, in one transaction.</summary>
public sealed record TokenExchange
{
    /// <summary>The sensor that asks.</summary>
    public required SensorId Sensor { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>SHA-256 of the request's public key: the same key may ask again while its answer may have been lost.</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>The certificate that is given out if the exchange succeeds.</summary>
    public required CertificateEntry Certificate { get; init; }

    /// <summary>Now.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>How a token exchange ended.</summary>
public enum TokenOutcome
{
    /// <summary>The certificate is registered.</summary>
    Enrolled,

    /// <summary>The token was used before, by another key or by a certificate that is already in use.</summary>
    Used,

    /// <summary>The token has expired.</summary>
    Expired,

    /// <summary>The token is not this sensor's, or a newer one replaced it.</summary>
    Unknown,

    /// <summary>The sensor was revoked or deleted.</summary>
    Revoked,
}
