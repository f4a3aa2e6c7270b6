namespace Culvert.Storage;

/// <summary>A token for the REST API. Only its hash is stored.</summary>
public sealed record ApiToken
{
    /// <summary>Its public id.</summary>
    public required string Id { get; init; }

    /// <summary>What it is for, in its maker's words.</summary>
    public required string Name { get; init; }

    /// <summary>The user it acts for; it may do what this user may, at most <see cref="Role"/>.</summary>
    public required string User { get; init; }

    /// <summary>Its role.</summary>
    public required UserRole Role { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Last use, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
