using System.Globalization;
using System.Security.Cryptography;
using Culvert.PortalHost.Components.Parts;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>API tokens; each change written down. A secret is given once and kept as a hash alone.</summary>
public sealed class TokenAdministration(IPortalStore store, AuditTrail audit, ChangeFeed changes, TimeProvider clock)
{
    /// <summary>Longest life of a token, in days.</summary>
    public const int MaxDays = 366;

    /// <summary>Longest name of a token.</summary>
    public const int MaxNameLength = 128;

    /// <summary>Most tokens of one user: one for each script, not one for each run of it.</summary>
    public const int MaxTokensPerUser = 100;

    /// <summary>Makes a token.</summary>
    /// <param name="user">The user it acts for.</param>
    /// <param name="name">What it is for.</param>
    /// <param name="role">Most that it may do; never more than its user may at the time.</param>
    /// <param name="days">Days until it ends.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChangeOutcome<NewToken>> CreateAsync(string user, string name, UserRole role, int days, Actor actor, CancellationToken cancellationToken)
    {
        var mistakes = new List<string>();
        if (name is not { Length: > 0 and <= MaxNameLength } || name.Trim() != name || name.Any(char.IsControl))
        {
            mistakes.Add($"name: 1 to {MaxNameLength} characters, no space at either end.");
        }

        if (days is < 1 or > MaxDays)
        {
            mistakes.Add($"days: 1 to {MaxDays}.");
        }

        if (mistakes.Count > 0)
        {
            return ChangeOutcome<NewToken>.Refused(StoreOutcome.Conflict, mistakes);
        }

        if (await store.Users.FindAsync(user, cancellationToken) is not { } owner)
        {
            return ChangeOutcome<NewToken>.Refused(StoreOutcome.NotFound, $"There is no user '{user}'.");
        }

        if ((await store.Users.ListApiTokensAsync(owner.Name, cancellationToken)).Count >= MaxTokensPerUser)
        {
            return ChangeOutcome<NewToken>.Refused(StoreOutcome.Conflict, $"{owner.Name} has {MaxTokensPerUser} tokens; revoke one first.");
        }

        var (now, secret) = (clock.GetUtcNow(), Secrets.Make());
        var token = new ApiToken
        {
            Id = RandomNumberGenerator.GetHexString(16, lowercase: true),
            Name = name!,
            User = owner.Name,
            Role = role,
            CreatedAt = now,
            ExpiresAt = now.AddDays(days),
        };
        await store.Users.AddApiTokenAsync(token, Secrets.Hash(secret), cancellationToken);
        var until = token.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        await NoteAsync(owner.Name, "token.create", $"{name}: at most {Words.Of(role)}, until {until}", actor, cancellationToken);
        return ChangeOutcome<NewToken>.Done(new NewToken(token, secret));
    }

    /// <summary>Takes a token back; its next use is refused.</summary>
    /// <param name="user">Its user.</param>
    /// <param name="id">Its id.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StoreOutcome> DeleteAsync(string user, string id, Actor actor, CancellationToken cancellationToken)
    {
        if ((await store.Users.ListApiTokensAsync(user, cancellationToken)).FirstOrDefault(t => t.Id == id) is not { } token)
        {
            return StoreOutcome.NotFound;
        }

        var outcome = await store.Users.DeleteApiTokenAsync(id, cancellationToken);
        if (outcome == StoreOutcome.Done)
        {
            await NoteAsync(token.User, "token.delete", token.Name, actor, cancellationToken);
        }

        return outcome;
    }

    private async Task NoteAsync(string user, string action, string detail, Actor actor, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(actor, action, user, detail, cancellationToken);
        changes.Publish(ChangeKind.Users);
    }
}
