namespace Culvert.Storage;

/// <summary>A person who may sign in.</summary>
public sealed record UserEntry
{
    /// <summary>Name to sign in with, unique whatever the letter case.</summary>
    public required string Name { get; init; }

    /// <summary>Role.</summary>
    public required UserRole Role { get; init; }

    /// <summary>Hash of the password; null until one was set.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Changes when the password, the role or the right to sign in does: sessions made before it end.</summary>
    public required string SecurityStamp { get; init; }

    /// <summary>May not sign in.</summary>
    public bool Disabled { get; init; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int FailedSignIns { get; init; }

    /// <summary>No sign-in before this; null when not locked.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>When the user was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Last sign-in.</summary>
    public DateTimeOffset? LastSignInAt { get; init; }
}
