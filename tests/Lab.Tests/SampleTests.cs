using System.Text.Json.Nodes;

namespace Culvert.Lab.Tests;

/// <summary>Takes the samples through <c>lab test</c>: the real sensor, proxies and portal, the plan's own files and rules.</summary>
public sealed class SampleTests
{
    // A sensor that delivers, and everything that can be taken from it on the way: proxies, members of a pool, paths of private links.
    [Theory(Timeout = 420_000)]
    [InlineData("direct")]
    [InlineData("proxy-chain", "squid")]
    [InlineData("six-levels", "squid", "haproxy", "tinyproxy")]
    [InlineData("cloud-proxy", "swanctl", "tun")]
    [InlineData("multicloud-vpn", "swanctl", "tun", "bird")]
    [InlineData("multicloud-expressroute-own-routers", "swanctl", "tun", "bird")]
    [InlineData("multicloud-expressroute-exchange", "bird")]
    public Task Every_route_carries_every_failover_works_and_nothing_else_is_open(string sample, params string[] needs) => ProveAsync(sample, needs);

    private static async Task ProveAsync(string sample, string[] needs)
    {
        await LabHome.NeedsAsync(needs);
        await using var home = new LabHome();
        var lines = new List<string>();
        await home.UpAsync(sample, lines, cancellationToken: TestContext.Current.CancellationToken);
        var folder = Path.Combine(home.Root, "acceptance");
        var reply = await home.Control.AskAsync(
            sample, "test", new JsonObject { ["folder"] = folder, ["capture"] = Repository.PlantCapture }, lines.Add, TestContext.Current.CancellationToken);
        Assert.True(reply.Status == 0, string.Join('\n', lines.Append(reply.Line)));
        Assert.True(AcceptanceFolder.Verify(folder, out _));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', lines));
    }
}
