namespace Culvert.Storage;

/// <summary>Users, one-time sign-in codes and API tokens. Secrets come and stay as hashes.</summary>
public interface IUserStore
{
    /// <summary>All users by name, at most 10,000.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<UserEntry>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One user, or null.</summary>
    /// <param name="name">Name, whatever the letter case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<UserEntry?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Makes a user; <see cref="StoreOutcome.Conflict"/> when the name is taken.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> CreateAsync(UserEntry user, CancellationToken cancellationToken);

    /// <summary>Changes role, password hash, stamp and the right to sign in; <see cref="StoreOutcome.Conflict"/> when no enabled owner would be left.</summary>
    /// <param name="user">The user by name, with the new values.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> UpdateAsync(UserEntry user, CancellationToken cancellationToken);

    /// <summary>Removes a user and its API tokens; <see cref="StoreOutcome.Conflict"/> when no enabled owner would be left.</summary>
    /// <param name="name">Name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Notes a right password.</summary>
    /// <param name="name">Name.</param>
    /// <param name="at">Now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task NoteSignInAsync(string name, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Notes a wrong password and locks the user from the given count on.</summary>
    /// <param name="name">Name.</param>
    /// <param name="lockFrom">Wrong passwords in a row that lock.</param>
    /// <param name="lockedUntil">Until when it is locked then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task NoteFailureAsync(string name, int lockFrom, DateTimeOffset lockedUntil, CancellationToken cancellationToken);

    /// <summary>Keeps a one-time sign-in code.</summary>
    /// <param name="codeHash">SHA-256 of the code.</param>
    /// <param name="at">Now.</param>
    /// <param name="expiresAt">When it ends.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task AddSignInCodeAsync(byte[] codeHash, DateTimeOffset at, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Uses up a sign-in code and, in the same transaction, makes <paramref name="user"/> or sets its password, role and right to sign in. False when the code is unknown, used or expired.</summary>
    /// <param name="codeHash">SHA-256 of the code.</param>
    /// <param name="user">The owner it makes.</param>
    /// <param name="at">Now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<bool> RedeemSignInCodeAsync(byte[] codeHash, UserEntry user, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Keeps an API token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="hash">SHA-256 of its secret.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task AddApiTokenAsync(ApiToken token, byte[] hash, CancellationToken cancellationToken);

    /// <summary>API tokens of a user, or of all, newest first, at most 1000.</summary>
    /// <param name="user">Of this user; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<ApiToken>> ListApiTokensAsync(string? user, CancellationToken cancellationToken);

    /// <summary>The token with this secret, if it has not ended, and its user; null otherwise. Notes the use.</summary>
    /// <param name="hash">SHA-256 of the secret.</param>
    /// <param name="at">Now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<(ApiToken Token, UserEntry User)?> FindApiTokenAsync(byte[] hash, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Removes an API token.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> DeleteApiTokenAsync(string id, CancellationToken cancellationToken);
}
