namespace Culvert.Relaying;

/// <summary>Who may ask, how that is proved, and for what.</summary>
public sealed record ClientIdentity
{
    /// <summary>The name: the user name of Basic, and what the log says.</summary>
    public required string Name { get; init; }

    /// <summary>The hash of the password; null when only a certificate proves it.</summary>
    public PasswordHash? PasswordHash { get; init; }

    /// <summary>SHA-256 of the client certificate (DER), lower-case hex; null when only a password proves it.</summary>
    public string? CertificateSha256 { get; init; }

    /// <summary>A subset of the allow list; empty means all of it.</summary>
    public IReadOnlyList<HostPort> Destinations { get; init; } = [];

    /// <summary>The client's Purdue level; null when it is not set.</summary>
    public PurdueLevel? Level { get; init; }
}
