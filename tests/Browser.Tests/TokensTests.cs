using System.Text.RegularExpressions;
using Culvert.Browser.Tests.Browsing;
using Microsoft.Playwright;

namespace Culvert.Browser.Tests;

/// <summary>API tokens, from the page to the script and back.</summary>
public sealed class TokensTests(SignedInPortal portal)
{
    [Fact(Timeout = 180_000)]
    public async Task A_token_is_made_with_the_keyboard_shown_once_used_and_revoked()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken);
        await tab.GoAsync("/tokens");
        await tab.Page.GetByLabel("Name, what it is for").FocusAsync();
        await tab.Page.Keyboard.TypeAsync("nightly export");
        await tab.Page.GetByLabel("Role, at most").SelectOptionAsync("Security Reader");
        await tab.Page.GetByLabel("Days until it ends").FillAsync("30");
        await tab.Page.Keyboard.PressAsync("Enter");
        var made = tab.Page.GetByRole(AriaRole.Status, new() { Name = "New token" });
        await made.WaitForAsync();
        var secret = await made.Locator(".secret").InnerTextAsync();
        await tab.PictureAsync("tokens-made-desk");
        await tab.ResizeAsync(390, 844);
        await tab.PictureAsync("tokens-made-phone");
        Assert.Empty(await tab.OverflowsAsync());
        await tab.ResizeAsync(1280, 900);

        // A script has no session: only the token lets it in.
        await using var script = await portal.OpenAsync(TestContext.Current.CancellationToken, user: null);
        Assert.Equal(200, await CallAsync(script, "GET", "/api/v1/sensors", secret));
        Assert.Equal(403, await CallAsync(script, "POST", "/api/v1/sensors/none/revoke", secret));
        Assert.Equal(401, await CallAsync(script, "GET", "/api/v1/sensors", "no such token"));

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await made.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await tab.GoAsync("/tokens");
        Assert.DoesNotContain(secret, await tab.Page.ContentAsync(), StringComparison.Ordinal);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke nightly export", Exact = true }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Yes, revoke nightly export" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "nightly export is revoked" }).WaitForAsync();
        Assert.Equal(401, await CallAsync(script, "GET", "/api/v1/sensors", secret));

        await tab.GoAsync("/users");
        await tab.Page.GetByLabel("Search who, what, of and detail").FillAsync("nightly export");
        await tab.Page.GetByRole(AriaRole.Cell, new() { Name = "API token revoked" }).WaitForAsync();
        await tab.Page.GetByText(new Regex("nightly export: at most Security Reader, until .* UTC")).WaitForAsync();
        Assert.Empty(tab.Faults);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reader_makes_tokens_of_its_own_role_and_sees_no_others()
    {
        await using (var owner = await portal.OpenAsync(TestContext.Current.CancellationToken))
        {
            await MakeAsync(owner, "of the owner");
        }

        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken, SignedInPortal.Reader);
        await MakeAsync(tab, "of the reader");
        Assert.Equal(["Security Reader"], await tab.Page.GetByLabel("Role, at most").Locator("option").AllInnerTextsAsync());
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke of the reader" }).WaitForAsync();
        Assert.Equal(0, await tab.Page.GetByText("of the owner").CountAsync());
        Assert.Empty(tab.Faults);
    }

    private static async Task MakeAsync(PortalTab tab, string name)
    {
        await tab.GoAsync("/tokens");
        await tab.Page.GetByLabel("Name, what it is for").FillAsync(name);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Make token" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = name }).WaitForAsync();
    }

    private static async Task<int> CallAsync(PortalTab tab, string method, string path, string secret)
    {
        var answer = await tab.Page.Context.APIRequest.FetchAsync(path, new() { Method = method, Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {secret}" } });
        return answer.Status;
    }
}
