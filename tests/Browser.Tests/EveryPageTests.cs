using Culvert.Browser.Tests.Browsing;
using Microsoft.Playwright;

namespace Culvert.Browser.Tests;

/// <summary>Every page, light and dark, at a desk and on a phone: nothing red, nothing from elsewhere, nothing that sticks out.</summary>
public sealed class EveryPageTests(SignedInPortal portal)
{
    public static TheoryData<string, string, string> Pages()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var theme in (string[])["light", "dark"])
        {
            data.Add("/", "Overview", theme);
            data.Add("/sensors", "Sites and sensors", theme);
            data.Add("/sensors/cell-1-10.30.2.11", "cell-1-10.30.2.11", theme);
            data.Add("/devices", "Devices", theme);
            data.Add("/alerts", "Alerts", theme);
            data.Add("/endpoints", "Endpoints", theme);
            data.Add("/threat-intelligence", "Threat intelligence", theme);
            data.Add("/planner", "Planner", theme);
            data.Add("/ingest", "Records", theme);
            data.Add("/tokens", "API tokens", theme);
            data.Add("/users", "Users and audit", theme);
        }

        return data;
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_well(string path, string heading, string theme)
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken, theme: theme);
        await tab.GoAsync(path);
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1 }).WaitForAsync();
        var name = $"{path.Trim('/').Replace('/', '-')}-{theme}";
        await tab.PictureAsync($"{name}-desk");
        Assert.Empty(await tab.OverflowsAsync());
        await tab.ResizeAsync(390, 844);
        await tab.PictureAsync($"{name}-phone");
        Assert.Empty(await tab.OverflowsAsync());
        Assert.Empty(tab.Faults);
    }
}
