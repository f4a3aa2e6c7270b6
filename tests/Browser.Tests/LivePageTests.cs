using Culvert.Browser.Tests.Browsing;
using Culvert.Browser.Tests.Portal;
using Microsoft.Playwright;

namespace Culvert.Browser.Tests;

/// <summary>Pages follow what arrives, and what people do on them is kept.</summary>
public sealed class LivePageTests(SignedInPortal portal)
{
    [Fact(Timeout = 180_000)]
    public async Task A_new_alert_appears_by_itself_and_is_taken_up_and_closed()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken);
        await tab.GoAsync("/alerts?engine=Malware");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Malicious Domain Name Request" }).WaitForAsync();
        using var sensor = await PlantSensor.EnrolAsync(await portal.Portal.OnboardAsync("late-1", "ghent", "cell-9", "2"), portal.Portal.Address);
        await sensor.SendAsync(Plant.Alert("eicar", "Malware Test File - EICAR", AlertEngine.Malware, AlertSeverity.Critical, "cell-9"));
        // Nobody loads the page again.
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Malware Test File - EICAR" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Take it up" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Active" }).WaitForAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Malware Test File - EICAR" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await tab.Page.GetByLabel("Status").SelectOptionAsync("Closed");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Malware Test File - EICAR" }).WaitForAsync();
        Assert.Contains("status=Closed", tab.Page.Url, StringComparison.Ordinal);
        Assert.Empty(tab.Faults);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_sensor_is_onboarded_with_the_keyboard_alone_and_its_activation_file_comes_down()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken);
        await tab.GoAsync("/sensors");
        await tab.FocusByTabAsync("Onboard OT sensor");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.GetByLabel("Sensor name").FocusAsync();
        await tab.Page.Keyboard.TypeAsync("keyboard-1");
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.TypeAsync("ghent");
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.TypeAsync("cell-1");
        var download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.Keyboard.PressAsync("Enter"));
        Assert.Equal("keyboard-1.activation.json", download.SuggestedFilename);
        using var reader = new StreamReader(await download.CreateReadStreamAsync());
        Assert.Contains("culvert-activation", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "keyboard-1" }).WaitForAsync();
        Assert.Empty(tab.Faults);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_endpoint_list_comes_down_as_json()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken, SignedInPortal.Reader);
        await tab.GoAsync("/endpoints");
        var download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Link, new() { Name = "JSON", Exact = true }).ClickAsync());
        using var reader = new StreamReader(await download.CreateReadStreamAsync());
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal("culvert-endpoints.json", download.SuggestedFilename);
        Assert.Contains("\"iotHub\"", text, StringComparison.Ordinal);
        Assert.Contains($"\"port\": {portal.Portal.Address.Port}", text, StringComparison.Ordinal);
        Assert.Empty(tab.Faults);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_theme_that_was_chosen_is_kept()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken);
        await tab.GoAsync("/endpoints");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Dark theme" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Light theme" }).WaitForAsync();
        await tab.GoAsync("/devices");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Light theme" }).WaitForAsync();
        Assert.Equal("dark", await tab.Page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
        Assert.Empty(tab.Faults);
    }
}
