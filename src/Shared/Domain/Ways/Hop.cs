namespace Culvert;

/// <summary>One proxy on the way.</summary>
public sealed record Hop
{
    /// <summary>The name a person knows it by; unique in its route.</summary>
    public required string Name { get; init; }

    /// <summary>The protocol spoken to it.</summary>
    public HopScheme Scheme { get; init; } = HopScheme.Http;

    /// <summary>Where it listens.</summary>
    public required HostPort Address { get; init; }

    /// <summary>Who opens the way to it. The first hop is always <see cref="HopReach.Nested"/>.</summary>
    public HopReach Reach { get; init; } = HopReach.Nested;

    /// <summary>Its level, where known; for people and for the level policy.</summary>
    public PurdueLevel? Level { get; init; }

    /// <summary>Sent to this hop and no other; null sends none.</summary>
    public HopCredentials? Credentials { get; init; }

    /// <summary>How <see cref="Credentials"/> are shown to it.</summary>
    public HopAuthentication Authentication { get; init; }

    /// <summary>Who resolves the name of what comes after this hop.</summary>
    public NameResolution Names { get; init; }

    /// <summary>Shown to this hop where its scheme is <see cref="HopScheme.Https"/> and it asks.</summary>
    public ClientCertificateFiles? ClientCertificate { get; init; }

    /// <summary>Whom to trust as this hop (scheme <see cref="HopScheme.Https"/>).</summary>
    public HopTrust Trust { get; init; } = new();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Scheme.ToString().ToLowerInvariant()}://{Address})";
}
