using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace Culvert.PortalHost.Components;

/// <summary>The document around every page.</summary>
public partial class App
{
    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    // What the person chose; empty follows the system.
    private string? Theme => Context.Request.Cookies["culvert-theme"] switch { "dark" => "dark", "light" => "light", _ => null };

    // Pages that set a cookie are plain forms; all others are live.
    private IComponentRenderMode? Mode => Context.AcceptsInteractiveRouting() ? RenderMode.InteractiveServer : null;
}
