using System.Security.Claims;

namespace Culvert.PortalHost;

/// <summary>Who makes a change.</summary>
/// <param name="Name">User name; <c>token:NAME</c> for an API token, <c>local</c> for a command on the portal's machine.</param>
/// <param name="Address">Address it came from; null for a command on the portal's machine.</param>
public sealed record Actor(string Name, string? Address)
{
    /// <summary>A command on the portal's machine.</summary>
    public static Actor Local { get; } = new("local", null);

    /// <summary>The signed-in user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="address">Address of the client.</param>
    public static Actor Of(ClaimsPrincipal user, string? address) => new(user.Identity?.Name ?? "anonymous", address);

    /// <summary>The signed-in user of a request.</summary>
    /// <param name="context">The request.</param>
    public static Actor Of(HttpContext context) => Of(context.User, context.Connection.RemoteIpAddress?.ToString());
}
