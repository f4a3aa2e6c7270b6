using System.Net;
using System.Net.Sockets;
using Culvert.Browser.Tests.Browsing;
using Culvert.Browser.Tests.Portal;
using Microsoft.Playwright;

namespace Culvert.Browser.Tests;

/// <summary>A person lets a connected sensor check its ways, and reads on its page what it found.</summary>
public sealed class SensorCheckTests(SignedInPortal portal)
{
    [Fact(Timeout = 180_000)]
    public async Task The_report_shows_the_broken_hop_its_evidence_and_who_must_act()
    {
        await using var tab = await portal.OpenAsync(TestContext.Current.CancellationToken);
        // A port that nobody listens on, and nobody else gets.
        using var gone = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        gone.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)gone.LocalEndPoint!).Port;
        await using var sensor = await SensorProgram.StartAsync(
            await portal.Portal.OnboardAsync("checked-1", "ghent", "cell-1", "2"),
            $"routes:\n  - {{ name: direct, priority: 1, hops: [] }}\n  - name: by-plant\n    priority: 2\n    hops: [{{ name: plant-proxy, host: 127.0.0.1, port: {port}, level: 3 }}]");
        await tab.GoAsync("/sensors/checked-1");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Run check" }).ClickAsync();

        var report = tab.Page.Locator("details.route").Filter(new() { HasText = $"asked for by {SignedInPortal.Owner}" });
        await report.WaitForAsync();
        var text = await report.InnerTextAsync();
        Assert.Contains("Impaired", text, StringComparison.Ordinal);
        Assert.Contains($"plant-proxy (127.0.0.1:{port}) refuses the connection", text, StringComparison.Ordinal);
        Assert.Contains($"sent: a TCP connection to plant-proxy (127.0.0.1:{port})", text, StringComparison.Ordinal);
        Assert.Contains("Plant network: Make sure that the service runs", text, StringComparison.Ordinal);
        Assert.Contains("connect: connection refused", text, StringComparison.Ordinal);
        Assert.Contains("no proxy", text, StringComparison.Ordinal);
        Assert.Empty(await tab.OverflowsAsync());
        await tab.PictureAsync("sensor-check");
        await tab.ResizeAsync(390, 844);
        Assert.Empty(await tab.OverflowsAsync());
        await tab.PictureAsync("sensor-check-narrow");
        Assert.Empty(tab.Faults);
    }
}
