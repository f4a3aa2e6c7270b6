using System.Security.Claims;
using System.Text.Encodings.Web;
using Culvert.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Culvert.PortalHost;

/// <summary>Lets a script in by <c>Authorization: Bearer TOKEN</c>.</summary>
internal sealed class ApiTokenHandler(IPortalStore store, TimeProvider clock, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiToken";

    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || header.Length > 512)
        {
            return AuthenticateResult.NoResult();
        }

        var found = await store.Users.FindApiTokenAsync(Secrets.Hash(header[Prefix.Length..].Trim()), clock.GetUtcNow(), Context.RequestAborted);
        if (found is not { } use || use.User.Disabled)
        {
            return AuthenticateResult.Fail("The token is unknown, expired or its user may not sign in.");
        }

        // A token never does more than its user may now.
        var role = RolePermissions.IsWithin(use.Token.Role, use.User.Role) ? use.Token.Role : use.User.Role;
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, $"token:{use.Token.Name}"), new Claim(ClaimTypes.Role, role.ToString())], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
