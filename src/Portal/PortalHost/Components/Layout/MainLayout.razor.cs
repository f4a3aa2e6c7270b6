using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Culvert.PortalHost.Components.Layout;

/// <summary>Bar, menu and theme around every page but the sign-in.</summary>
public partial class MainLayout
{
    private MudThemeProvider _provider = null!;
    private bool _open = true;
    private bool _dark;
    private bool _chosen;

    [CascadingParameter(Name = "Theme")]
    private string? Theme { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized() => _dark = Theme == "dark";

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        if (Theme is null)
        {
            _dark = await _provider.GetSystemDarkModeAsync();
            StateHasChanged();
        }

        await Script.InvokeVoidAsync("culvert.live");
    }

    private static string? RoleOf(ClaimsPrincipal user) => Enum.TryParse<Storage.UserRole>(user.FindFirstValue(ClaimTypes.Role), out var role) ? Parts.Words.Of(role) : null;

    private async Task ToggleAsync()
    {
        (_dark, _chosen) = (!_dark, true);
        await Script.InvokeVoidAsync("culvert.setTheme", _dark ? "dark" : "light");
    }
}
