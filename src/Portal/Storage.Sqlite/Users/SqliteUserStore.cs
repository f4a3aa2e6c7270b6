using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteUserStore(SqliteDatabase database) : IUserStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Users");

    public async Task<IReadOnlyList<UserEntry>> ListAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(s => s.Query(Sql["List"], ReadUser), cancellationToken);

    public Task<UserEntry?> FindAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.First(Sql["Find"], ReadUser, ("name", name)), cancellationToken);

    public Task<StoreOutcome> CreateAsync(UserEntry user, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Execute(Sql["Create"], Columns(user, withCreation: true)) == 0 ? StoreOutcome.Conflict : StoreOutcome.Done,
        cancellationToken);

    public Task<StoreOutcome> UpdateAsync(UserEntry user, CancellationToken cancellationToken) =>
        ChangeAsync(s => s.Execute(Sql["Update"], Columns(user, withCreation: false)), cancellationToken);

    public Task<StoreOutcome> DeleteAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(s => s.Execute(Sql["Delete"], ("name", name)), cancellationToken);

    public Task NoteSignInAsync(string name, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(s => s.Execute(Sql["NoteSignIn"], ("name", name), ("at", at)), cancellationToken);

    public Task NoteFailureAsync(string name, int lockFrom, DateTimeOffset lockedUntil, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Execute(Sql["NoteFailure"], ("name", name), ("lockFrom", lockFrom), ("lockedUntil", lockedUntil)),
        cancellationToken);

    public Task AddSignInCodeAsync(byte[] codeHash, DateTimeOffset at, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        database.WriteAsync(s => s.Execute(Sql["AddCode"], ("hash", codeHash), ("at", at), ("expiresAt", expiresAt)), cancellationToken);

    public Task<bool> RedeemSignInCodeAsync(byte[] codeHash, UserEntry user, DateTimeOffset at, CancellationToken cancellationToken) => database.WriteAsync(
        s =>
        {
            if (s.Execute(Sql["UseCode"], ("hash", codeHash), ("at", at)) == 0)
            {
                return false;
            }

            s.Execute(Sql["Put"], Columns(user, withCreation: true));
            return true;
        },
        cancellationToken);

    public Task AddApiTokenAsync(ApiToken token, byte[] hash, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Execute(
            Sql["AddToken"],
            ("id", token.Id), ("hash", hash), ("name", token.Name), ("user", token.User), ("role", token.Role), ("createdAt", token.CreatedAt), ("expiresAt", token.ExpiresAt)),
        cancellationToken);

    public async Task<IReadOnlyList<ApiToken>> ListApiTokensAsync(string? user, CancellationToken cancellationToken) =>
        await database.ReadAsync(s => s.Query(Sql["ListTokens"], ReadToken, ("user", user)), cancellationToken);

    public async Task<(ApiToken Token, UserEntry User)?> FindApiTokenAsync(byte[] hash, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync<(ApiToken Token, UserEntry User)?>(
            s => s.First(Sql["FindToken"], ReadToken, ("hash", hash), ("at", at)) is { } token
                && s.First(Sql["Find"], ReadUser, ("name", token.User)) is { } user ? (token, user) : null,
            cancellationToken);
        // Noted to the minute: a script that calls often must not write at every call.
        if (found is { } use && (use.Token.LastUsedAt is not { } last || last < at - TimeSpan.FromMinutes(1)))
        {
            await database.WriteAsync(s => s.Execute(Sql["NoteTokenUse"], ("id", use.Token.Id), ("at", at)), cancellationToken);
        }

        return found;
    }

    public Task<StoreOutcome> DeleteApiTokenAsync(string id, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Execute(Sql["DeleteToken"], ("id", id)) == 0 ? StoreOutcome.NotFound : StoreOutcome.Done,
        cancellationToken);

    private async Task<StoreOutcome> ChangeAsync(Func<SqliteSession, int> change, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(
                s => change(s) == 0 ? StoreOutcome.NotFound
                    : s.Count(Sql["CountOwners"]) == 0 ? throw new LastOwnerException()
                    : StoreOutcome.Done,
                cancellationToken);
        }
        catch (LastOwnerException)
        {
            return StoreOutcome.Conflict;
        }
    }

    private static (string Name, object? Value)[] Columns(UserEntry user, bool withCreation)
    {
        (string, object?)[] columns =
        [
            ("name", user.Name), ("role", user.Role), ("passwordHash", user.PasswordHash), ("stamp", user.SecurityStamp), ("disabled", user.Disabled),
        ];
        return withCreation ? [.. columns, ("createdAt", user.CreatedAt)] : columns;
    }

    private static UserEntry ReadUser(SqliteDataReader r) => new()
    {
        Name = r.Text("name"),
        Role = r.Word<UserRole>("role"),
        PasswordHash = r.TextOrNull("password_hash"),
        SecurityStamp = r.Text("security_stamp"),
        Disabled = r.Flag("disabled"),
        FailedSignIns = (int)r.Number("failed_sign_ins"),
        LockedUntil = r.TimeOrNull("locked_until"),
        CreatedAt = r.Time("created_at"),
        LastSignInAt = r.TimeOrNull("last_sign_in_at"),
    };

    private static ApiToken ReadToken(SqliteDataReader r) => new()
    {
        Id = r.Text("id"),
        Name = r.Text("name"),
        User = r.Text("user_name"),
        Role = r.Word<UserRole>("role"),
        CreatedAt = r.Time("created_at"),
        ExpiresAt = r.Time("expires_at"),
        LastUsedAt = r.TimeOrNull("last_used_at"),
    };

    /// <summary>Rolls the change back: nobody could manage users any more.</summary>
    private sealed class LastOwnerException : Exception;
}
