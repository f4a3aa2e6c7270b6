using Culvert.Browser.Tests.Portal;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Culvert.Browser.Tests.Browsing.SignedInPortal))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Culvert.Browser.Tests.Browsing;

/// <summary>One portal with a plant's data and one browser, for all tests. The owner has redeemed the one-time code on the real sign-in page; a reader was made by the owner.</summary>
public sealed class SignedInPortal : IAsyncLifetime
{
    public const string Owner = "olivia";
    public const string Reader = "ravi";
    public const string Password = "correct horse battery staple";
    private readonly Dictionary<string, string> _sessions = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private PortalProgram? _portal;

    internal PortalProgram Portal => _portal!;

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Find() is not { } program)
        {
            return;
        }

        _portal = await PortalProgram.StartAsync();
        var filled = Plant.FillAsync(_portal);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"], Timeout = 60_000 });
        await filled;
        await RedeemAsync();
        await AddReaderAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_portal is not null)
        {
            await _portal.DisposeAsync();
        }
    }

    /// <summary>A tab with a session of its own. Skips the test where there is no Chromium.</summary>
    internal async Task<PortalTab> OpenAsync(CancellationToken cancellationToken, string? user = Owner, string theme = "light", int width = 1280, int height = 900)
    {
        if (_browser is null)
        {
            Assert.Skip("Chromium is not installed (Debian package chromium-headless-shell).");
        }

        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = _portal!.Address.ToString(),
            IgnoreHTTPSErrors = true,
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            StorageState = user is null ? null : _sessions[user],
        });
        return await PortalTab.OpenAsync(context, _portal.Address, cancellationToken);
    }

    private async Task RedeemAsync()
    {
        await using var tab = await OpenAsync(CancellationToken.None, null);
        await tab.Page.GotoAsync("/sign-in?first=true");
        await tab.Page.GetByLabel("One-time sign-in code").FillAsync(Portal.SignInCode);
        await FinishAsync(tab, Owner, "New password");
    }

    private async Task AddReaderAsync()
    {
        await using (var tab = await OpenAsync(CancellationToken.None))
        {
            await tab.GoAsync("/users");
            await tab.Page.GetByLabel("User name").FillAsync(Reader);
            await tab.Page.GetByLabel("First password").FillAsync(Password);
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Add user" }).ClickAsync();
            await tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = $"{Reader} may sign in" }).WaitForAsync();
        }

        await using var reader = await OpenAsync(CancellationToken.None, null);
        await reader.Page.GotoAsync("/sign-in");
        await FinishAsync(reader, Reader, "Password");
    }

    private async Task FinishAsync(PortalTab tab, string user, string passwordLabel)
    {
        await tab.Page.GetByLabel("User name").FillAsync(user);
        await tab.Page.GetByLabel(passwordLabel).FillAsync(Password);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true }).WaitForAsync();
        _sessions[user] = await tab.Page.Context.StorageStateAsync();
        Assert.Empty(tab.Faults);
    }
}
