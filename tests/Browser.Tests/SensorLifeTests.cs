using System.Text;
using Culvert.Browser.Tests.Browsing;
using Culvert.Browser.Tests.Portal;
using Microsoft.Playwright;

namespace Culvert.Browser.Tests;

/// <summary>What is done to sensors on pages reaches them: packages, and the end of an identity.</summary>
public sealed class SensorLifeTests(SignedInPortal portal)
{
    [Fact(Timeout = 180_000)]
    public async Task A_bad_package_is_refused_with_its_mistakes_and_a_good_one_is_offered_and_pushed()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken);
        await tab.GoAsync("/threat-intelligence");
        var input = tab.Page.GetByLabel("Package file");
        await input.SetInputFilesAsync(Package("bad.json", """{"version":"2027.1.1","maliciousAddresses":[{"address":"300.1.1.1"}]}"""));
        var alert = tab.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "The package was refused" });
        await alert.WaitForAsync();
        Assert.Contains("maliciousAddresses[0].address", await alert.InnerTextAsync(), StringComparison.Ordinal);
        await input.SetInputFilesAsync(Package("good.json", """{"version":"2027.1.1","maliciousAddresses":[{"address":"203.0.113.7","name":"test"}]}"""));
        await tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Package 2027.1.1 is signed and offered" }).WaitForAsync();
        await tab.PictureAsync("threat-intelligence-uploaded-desk");
        Assert.Empty(await tab.OverflowsAsync());
        var row = tab.Page.GetByRole(AriaRole.Row).Filter(new() { Has = tab.Page.GetByRole(AriaRole.Rowheader, new() { Name = "2027.1.1" }) });
        await row.GetByRole(AriaRole.Button, new() { Name = "Push to all sensors" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "to have 2027.1.1" }).WaitForAsync();
        // The sensor's page tells what it is to have.
        await tab.GoAsync("/sensors/cell-1-10.30.2.11");
        await tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Threat Intelligence" }).Filter(new() { HasText = "2027.1.1" }).WaitForAsync();
        Assert.Empty(tab.Faults);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_revoked_sensor_is_shown_so_and_gets_no_further()
    {
        using var sensor = await PlantSensor.EnrolAsync(await portal.Portal.OnboardAsync("stolen-1", "ghent", "cell-8", "2"), portal.Portal.Address);
        Assert.True(await sensor.TrySendRawAsync("[]"));
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken);
        await tab.GoAsync("/sensors/stolen-1");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke …" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "No", Exact = true }).ClickAsync();
        Assert.True(await sensor.TrySendRawAsync("[]"));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke …" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Yes, revoke" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "identity is revoked" }).WaitForAsync();
        await tab.Page.Locator(".state").Filter(new() { HasText = "Revoked" }).WaitForAsync();
        Assert.False(await sensor.TrySendRawAsync("[]"));
        Assert.Empty(tab.Faults);
    }

    private static FilePayload Package(string name, string content) => new() { Name = name, MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(content) };
}
