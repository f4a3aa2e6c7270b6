using Culvert.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Culvert.PortalHost;

/// <summary>Ends a session at once when its user is gone, disabled, has another role or another password.</summary>
internal static class SessionCheck
{
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var store = context.HttpContext.RequestServices.GetRequiredService<IPortalStore>();
        var name = context.Principal?.Identity?.Name;
        var user = name is null ? null : await store.Users.FindAsync(name, context.HttpContext.RequestAborted);
        if (user is null || user.Disabled || context.Principal?.FindFirst(SignInService.StampClaim)?.Value != user.SecurityStamp)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        }
    }
}
