using Culvert.Browser.Tests.Browsing;
using Microsoft.Playwright;

namespace Culvert.Browser.Tests;

/// <summary>The way in, and what a reader is not shown.</summary>
public sealed class SignInTests(SignedInPortal portal)
{
    [Fact(Timeout = 120_000)]
    public async Task Without_a_session_every_page_leads_to_the_sign_in_and_a_wrong_password_is_told()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken, user: null, width: 390);
        await tab.Page.GotoAsync("/alerts?severity=Critical");
        await tab.Page.GetByLabel("User name").FillAsync(SignedInPortal.Reader);
        await tab.Page.GetByLabel("Password").FillAsync("not the password");
        await tab.PictureAsync("sign-in-light-phone");
        Assert.Empty(await tab.OverflowsAsync());
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "User name or password is wrong" }).WaitForAsync();
        await tab.Page.GetByLabel("Password").FillAsync(SignedInPortal.Password);
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Alerts", Exact = true }).WaitForAsync();
        Assert.EndsWith("/alerts?severity=Critical", tab.Page.Url, StringComparison.Ordinal);
        Assert.Empty(tab.Faults);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reader_sees_everything_but_is_offered_no_change()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken, SignedInPortal.Reader);
        await tab.GoAsync("/sensors");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "cell-1-10.30.2.11" }).WaitForAsync();
        Assert.Equal(0, await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Onboard OT sensor" }).CountAsync());
        Assert.Equal(0, await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Edit site" }).CountAsync());
        Assert.Equal(0, await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Users and audit" }).CountAsync());
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "cell-1-10.30.2.11" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Outbox" }).WaitForAsync();
        Assert.Equal(0, await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Identity" }).CountAsync());
        Assert.Equal(0, await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Send to sensor" }).CountAsync());
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Alerts", Exact = true }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Port Scan" }).ClickAsync();
        await tab.Page.GetByText("T0855 Unauthorized Command Message").WaitForAsync();
        Assert.Equal(0, await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).CountAsync());
        Assert.Empty(tab.Faults);
        await tab.Page.GotoAsync("/users");
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Not allowed" }).WaitForAsync();
    }
}
