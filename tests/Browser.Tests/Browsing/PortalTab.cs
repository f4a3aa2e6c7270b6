using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Culvert.Browser.Tests.Browsing;

/// <summary>A tab that notes what must not happen: errors in the console, exceptions, failed requests, requests to anywhere else.</summary>
internal sealed class PortalTab : IAsyncDisposable
{
    // Generous: two cores may be shared with builds and other tests.
    private const float Limit = 60_000;
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = new();

    private readonly CancellationTokenRegistration _cancelled;

    private PortalTab(IBrowserContext context, IPage page, CancellationTokenRegistration cancelled) => (_context, Page, _cancelled) = (context, page, cancelled);

    public IPage Page { get; }

    public IReadOnlyCollection<string> Faults => _faults;

    public static async Task<PortalTab> OpenAsync(IBrowserContext context, Uri portal, CancellationToken cancellationToken)
    {
        context.SetDefaultTimeout(Limit);
        context.SetDefaultNavigationTimeout(Limit);
        var page = await context.NewPageAsync();
        // A test that ran out of time must not wait for its browser.
        var tab = new PortalTab(context, page, cancellationToken.Register(() => _ = context.CloseAsync()));
        page.Console += (_, message) => tab.NoteIf(message.Type is "error" or "warning", $"console {message.Type}: {message.Text}");
        page.PageError += (_, error) => tab.NoteIf(true, $"exception: {error}");
        page.RequestFailed += (_, request) => tab.NoteIf(request.Failure is not "net::ERR_ABORTED", $"failed: {request.Url} {request.Failure}");
        page.Request += (_, request) => tab.NoteIf(IsElsewhere(request.Url, portal), $"from elsewhere: {request.Url}");
        page.WebSocket += (_, socket) => tab.NoteIf(IsElsewhere(socket.Url, portal), $"from elsewhere: {socket.Url}");
        page.Response += (_, response) => tab.NoteIf(response.Status >= 400, $"{response.Status} {response.Url}");
        return tab;
    }

    /// <summary>Opens a page and waits until it is live.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await LiveAsync();
    }

    /// <summary>Waits until the page answers to clicks.</summary>
    public Task LiveAsync() => Page.WaitForFunctionAsync("() => document.documentElement.dataset.live === 'true'");

    public Task ResizeAsync(int width, int height) => Page.SetViewportSizeAsync(width, height);

    /// <summary>Parts of the content that stick out of the window to the right, and by how much the page can be moved sideways, once the page has settled: the menu closes by itself after the window has become narrow.</summary>
    public async Task<string[]> OverflowsAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            var found = await MeasureAsync();
            if (found.Length == 0 || attempt == 100)
            {
                return found;
            }

            await Page.WaitForTimeoutAsync(300);
        }
    }

    private Task<string[]> MeasureAsync() => Page.EvaluateAsync<string[]>(
        """
        () => {
            const width = document.documentElement.clientWidth;
            const wide = document.documentElement.scrollWidth > width ? [`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`] : [];
            const scrolls = e => { for (let p = e.parentElement; p; p = p.parentElement) { if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) return true; } return false; };
            for (const e of document.querySelectorAll('main *')) {
                const box = e.getBoundingClientRect();
                if (box.width > 1 && box.right > width + 1 && !scrolls(e)) wide.push(`${e.tagName}.${e.className} to ${Math.round(box.right)}`);
            }
            return wide.slice(0, 10);
        }
        """);

    /// <summary>Presses Tab until the element with this text has the focus, as a person without a mouse does.</summary>
    public async Task FocusByTabAsync(string text)
    {
        for (var i = 0; i < 60; i++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if (await Page.EvaluateAsync<string?>("() => document.activeElement?.textContent") is { } focused && focused.Trim() == text)
            {
                return;
            }
        }

        Assert.Fail($"'{text}' is not reached by the Tab key.");
    }

    /// <summary>A picture for people, where CULVERT_SCREENSHOTS names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("CULVERT_SCREENSHOTS") is { Length: > 0 } folder)
        {
            var height = Math.Min(2200, await Page.EvaluateAsync<int>("() => document.documentElement.scrollHeight"));
            await Page.ScreenshotAsync(new()
            {
                Path = Path.Combine(folder, $"{name}.png"),
                FullPage = true,
                Animations = ScreenshotAnimations.Disabled,
                Clip = new() { X = 0, Y = 0, Width = Page.ViewportSize!.Width, Height = height },
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cancelled.DisposeAsync();
        await _context.CloseAsync();
    }

    private static bool IsElsewhere(string url, Uri portal) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is not ("data" or "blob" or "about") && (uri.Host != portal.Host || uri.Port != portal.Port);

    private void NoteIf(bool wrong, string fault)
    {
        if (wrong && _faults.Count < 50)
        {
            _faults.Enqueue(fault);
        }
    }
}
