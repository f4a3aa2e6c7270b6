using MudBlazor;

namespace Culvert.PortalHost.Components.Layout;

/// <summary>Colours and type. Text on every background has a contrast of at least 4.5 (WCAG 2.2, AA). Fonts are the system's: nothing is loaded from elsewhere.</summary>
internal static class PortalTheme
{
    private static readonly string[] Fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "DejaVu Sans", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0f766e",
            Secondary = "#475569",
            Background = "#f6f7f9",
            Surface = "#ffffff",
            AppbarBackground = "#0b3b3c",
            AppbarText = "#ffffff",
            DrawerBackground = "#ffffff",
            DrawerText = "#1f2937",
            TextPrimary = "#17202a",
            TextSecondary = "#4b5563",
            ActionDefault = "#4b5563",
            Error = "#b91c1c",
            Warning = "#b45309",
            Success = "#15803d",
            Info = "#1d4ed8",
            LinesDefault = "#dfe3e8",
            TableLines = "#e5e7eb",
            Divider = "#e5e7eb",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#2dd4bf",
            Secondary = "#94a3b8",
            Background = "#0e1418",
            Surface = "#161e24",
            AppbarBackground = "#0a2627",
            AppbarText = "#f1f5f9",
            DrawerBackground = "#121a1f",
            DrawerText = "#d7dee5",
            TextPrimary = "#e6ebf0",
            TextSecondary = "#a3b0bd",
            ActionDefault = "#a3b0bd",
            Error = "#f87171",
            Warning = "#fbbf24",
            Success = "#4ade80",
            Info = "#60a5fa",
            LinesDefault = "#2a353d",
            TableLines = "#2a353d",
            Divider = "#2a353d",
            PrimaryContrastText = "#06201d",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography
            {
                FontFamily = Fonts,
                FontSize = ".875rem",
            },
            H4 = new H4Typography
            {
                FontFamily = Fonts,
                FontSize = "1.5rem",
                FontWeight = "650",
            },
            H6 = new H6Typography
            {
                FontFamily = Fonts,
                FontSize = "1rem",
                FontWeight = "650",
            },
        },
        LayoutProperties = new LayoutProperties
        {
            DefaultBorderRadius = "8px",
            AppbarHeight = "56px",
        },
    };
}
