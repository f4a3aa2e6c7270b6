using MudBlazor.Services;

namespace Culvert.PortalHost;

/// <summary>Registration of the pages.</summary>
internal static class PortalPages
{
    /// <summary>Registers what the pages need.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddPortalPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents()
            // A site file is sent whole when it was edited; SignalR's 32 KiB would end the page.
            .AddHubOptions(o => o.MaximumReceiveMessageSize = 2 * SitePlanning.MaxLength);
        services.AddMudServices();
        return services;
    }

    /// <summary>Maps the pages.</summary>
    /// <param name="app">The portal.</param>
    public static void MapPortalPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        // Our own policy forbids framing altogether; a second header would only repeat half of it.
        app.MapRazorComponents<Components.App>().AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
        app.MapPost("/sign-out", SignOutEndpoint.SignOutAsync);
    }
}
