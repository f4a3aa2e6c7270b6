using Culvert.PortalHost.Components.Parts;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Users; each change written down.</summary>
public sealed class UserAdministration(IPortalStore store, AuditTrail audit, ChangeFeed changes, TimeProvider clock)
{
    /// <summary>Makes a user.</summary>
    /// <param name="name">Name to sign in with.</param>
    /// <param name="role">Role.</param>
    /// <param name="password">First password.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<UserEntry>> CreateAsync(string name, UserRole role, string password, Actor actor, CancellationToken cancellationToken)
    {
        var mistakes = new List<string>();
        if (name is not { Length: > 0 and <= 128 } || name.Trim() != name || name.Any(char.IsControl) || name.Contains(':', StringComparison.Ordinal))
        {
            mistakes.Add("name: 1 to 128 characters, no ':' and no space at either end.");
        }

        mistakes.AddRange(CheckPassword(password));
        if (mistakes.Count > 0)
        {
            return ChangeOutcome<UserEntry>.Refused(StoreOutcome.Conflict, mistakes);
        }

        var user = new UserEntry { Name = name!, Role = role, PasswordHash = SignInService.HashPassword(password), SecurityStamp = Secrets.Make(), CreatedAt = clock.GetUtcNow() };
        return await NoteAsync(await store.Users.CreateAsync(user, cancellationToken), user.Name, "user.create", Words.Of(role), actor, cancellationToken) == StoreOutcome.Done
            ? ChangeOutcome<UserEntry>.Done(user)
            : ChangeOutcome<UserEntry>.Refused(StoreOutcome.Conflict, $"There is a user '{name}' already.");
    }

    /// <summary>Changes role or the right to sign in, or sets a new password; the user's sessions end.</summary>
    /// <param name="name">The user.</param>
    /// <param name="role">Role from now on; null leaves it.</param>
    /// <param name="disabled">Whether it may not sign in; null leaves it.</param>
    /// <param name="password">New password; null leaves it.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<UserEntry>> UpdateAsync(string name, UserRole? role, bool? disabled, string? password, Actor actor, CancellationToken cancellationToken)
    {
        if (password is not null && CheckPassword(password) is { Count: > 0 } mistakes)
        {
            return ChangeOutcome<UserEntry>.Refused(StoreOutcome.Conflict, mistakes);
        }

        if (await store.Users.FindAsync(name, cancellationToken) is not { } user)
        {
            return ChangeOutcome<UserEntry>.Refused(StoreOutcome.NotFound, $"There is no user '{name}'.");
        }

        user = user with
        {
            Role = role ?? user.Role,
            Disabled = disabled ?? user.Disabled,
            PasswordHash = password is null ? user.PasswordHash : SignInService.HashPassword(password),
            SecurityStamp = Secrets.Make(),
        };
        var detail = $"{Words.Of(user.Role)}{(user.Disabled ? ", disabled" : "")}{(password is null ? "" : ", new password")}";
        var outcome = await NoteAsync(await store.Users.UpdateAsync(user, cancellationToken), user.Name, "user.update", detail, actor, cancellationToken);
        return outcome == StoreOutcome.Done ? ChangeOutcome<UserEntry>.Done(user) : ChangeOutcome<UserEntry>.Refused(outcome, "At least one owner must be able to sign in.");
    }

    /// <summary>Removes a user and its tokens.</summary>
    /// <param name="name">The user.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> DeleteAsync(string name, Actor actor, CancellationToken cancellationToken) =>
        await NoteAsync(await store.Users.DeleteAsync(name, cancellationToken), name, "user.delete", "", actor, cancellationToken);

    private static IReadOnlyList<string> CheckPassword(string password) =>
        password.Length is < SignInService.MinPasswordLength or > 1024 ? [$"password: {SignInService.MinPasswordLength} to 1024 characters."] : [];

    private async Task<StoreOutcome> NoteAsync(StoreOutcome outcome, string subject, string action, string detail, Actor actor, CancellationToken cancellationToken)
    {
        if (outcome == StoreOutcome.Done)
        {
            await audit.AppendAsync(actor, action, subject, detail, cancellationToken);
            changes.Publish(ChangeKind.Users);
        }

        return outcome;
    }
}
