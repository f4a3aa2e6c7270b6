using System.Security.Claims;
using Culvert.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace Culvert.PortalHost;

/// <summary>Signs people in by password, or the first time by a one-time code, and keeps the session in a cookie.</summary>
public sealed class SignInService(IPortalStore store, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Shortest password (NIST SP 800-63B asks for at least 8; 12 because OT portals are worth a guess).</summary>
    public const int MinPasswordLength = 12;

    /// <summary>Claim that holds the security stamp.</summary>
    internal const string StampClaim = "culvert:stamp";

    // Ten guesses a quarter of an hour: slow enough for a guesser, short enough for an owner.
    private const int LockFrom = 10;
    private static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);
    private static readonly PasswordHasher<UserEntry> Hasher = new();

    // Checked when the name is unknown, so that the time taken does not tell which names exist.
    private static readonly string DecoyHash = Hasher.HashPassword(null!, Secrets.Make());

    /// <summary>How long a one-time code is valid.</summary>
    public static TimeSpan CodeLifetime { get; } = TimeSpan.FromHours(24);

    /// <summary>Signs in by password and sets the cookie.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">User name.</param>
    /// <param name="password">Password.</param>
    public async Task<SignInOutcome> SignInAsync(HttpContext context, string name, string password)
    {
        var now = clock.GetUtcNow();
        var user = name is { Length: > 0 and <= 128 } ? await store.Users.FindAsync(name, context.RequestAborted) : null;
        if (user?.LockedUntil > now)
        {
            return SignInOutcome.Locked;
        }

        // Bounded, because the hash takes time in proportion to nothing else.
        var good = password.Length <= 1024 && Hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? DecoyHash, password) != PasswordVerificationResult.Failed;
        if (user is null || !good || user.Disabled || user.PasswordHash is null)
        {
            if (user is not null)
            {
                await store.Users.NoteFailureAsync(user.Name, LockFrom, now + LockedFor, context.RequestAborted);
                await audit.AppendAsync(new Actor(user.Name, context.Connection.RemoteIpAddress?.ToString()), "user.signInRefused", user.Name, "", context.RequestAborted);
            }

            return SignInOutcome.Refused;
        }

        await store.Users.NoteSignInAsync(user.Name, now, context.RequestAborted);
        await IssueCookieAsync(context, user);
        await audit.AppendAsync(new Actor(user.Name, context.Connection.RemoteIpAddress?.ToString()), "user.signIn", user.Name, "", context.RequestAborted);
        return SignInOutcome.SignedIn;
    }

    /// <summary>Uses up a one-time code: makes the owner or gives it a new password, and signs in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="code">The code.</param>
    /// <param name="name">User name of the owner.</param>
    /// <param name="password">Its password from now on.</param>
    public async Task<SignInOutcome> RedeemCodeAsync(HttpContext context, string code, string name, string password)
    {
        if (name is not { Length: > 0 and <= 128 } || name.Trim() != name || name.Any(char.IsControl))
        {
            return SignInOutcome.NameInvalid;
        }

        if (password.Length is < MinPasswordLength or > 1024)
        {
            return SignInOutcome.PasswordTooShort;
        }

        var now = clock.GetUtcNow();
        var user = new UserEntry { Name = name, Role = UserRole.Owner, PasswordHash = HashPassword(password), SecurityStamp = Secrets.Make(), CreatedAt = now };
        if (!await store.Users.RedeemSignInCodeAsync(Secrets.Hash(code.Trim()), user, now, context.RequestAborted))
        {
            return SignInOutcome.CodeRefused;
        }

        await store.Users.NoteSignInAsync(name, now, context.RequestAborted);
        await IssueCookieAsync(context, user);
        await audit.AppendAsync(new Actor(name, context.Connection.RemoteIpAddress?.ToString()), "user.redeemCode", name, "owner, with a new password", context.RequestAborted);
        return SignInOutcome.SignedIn;
    }

    /// <summary>Ends the session.</summary>
    /// <param name="context">The request.</param>
    public static Task SignOutAsync(HttpContext context) => context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);

    /// <summary>Makes a one-time code that lets somebody become an owner.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The code; only its hash is stored.</returns>
    public async Task<string> CreateCodeAsync(CancellationToken cancellationToken)
    {
        var code = Secrets.Make();
        var now = clock.GetUtcNow();
        await store.Users.AddSignInCodeAsync(Secrets.Hash(code), now, now + CodeLifetime, cancellationToken);
        return code;
    }

    /// <summary>Hash of a password, salted and slow (PBKDF2 of ASP.NET Core Identity).</summary>
    /// <param name="password">The password.</param>
    internal static string HashPassword(string password) => Hasher.HashPassword(null!, password);

    /// <summary>The claims of a user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="scheme">How it signed in.</param>
    internal static ClaimsPrincipal Principal(UserEntry user, string scheme) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, user.Name), new Claim(ClaimTypes.Role, user.Role.ToString()), new Claim(StampClaim, user.SecurityStamp)],
        scheme));

    private static Task IssueCookieAsync(HttpContext context, UserEntry user) =>
        context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Principal(user, CookieAuthenticationDefaults.AuthenticationScheme));
}
