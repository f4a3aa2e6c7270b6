using System.Text.Json.Nodes;

namespace Culvert.Lab.Tests;

/// <summary>Takes the samples through <c>lab test</c>: the real sensor, proxies and portal, the plan's own files and rules.</summary>
public sealed class SampleTests
{
    // Whole where proxies can be lost, and once without any; what private links add is shown by the rest in a third of the time.
    [Theory(Timeout = 420_000)]
    [InlineData("direct")]
    [InlineData("proxy-chain", "squid")]
    [InlineData("cloud-proxy", "swanctl", "tun")]
    public Task Every_route_carries_every_failover_works_and_nothing_else_is_open(string sample, params string[] needs) => ProveAsync(sample, withDelivery: true, needs);

    [Theory(Timeout = 280_000)]
    [InlineData("multicloud-vpn", "swanctl", "tun")]
    [InlineData("multicloud-expressroute-own-routers", "swanctl", "tun", "bird")]
    [InlineData("multicloud-expressroute-exchange", "bird")]
    public Task Every_route_leads_over_the_private_link_whose_ways_stand_in_for_each_other(string sample, params string[] needs) => ProveAsync(sample, withDelivery: false, needs);

    private static async Task ProveAsync(string sample, bool withDelivery, string[] needs)
    {
        await LabHome.NeedsAsync(needs);
        await using var home = new LabHome();
        var lines = new List<string>();
        await home.UpAsync(sample, lines, cancellationToken: TestContext.Current.CancellationToken);
        var folder = Path.Combine(home.Root, "acceptance");
        var reply = await home.Control.AskAsync(
            sample, "test", new JsonObject { ["folder"] = folder, ["capture"] = Repository.PlantCapture, ["delivery"] = withDelivery }, lines.Add, TestContext.Current.CancellationToken);
        Assert.True(reply.Status == 0, string.Join('\n', lines.Append(reply.Line)));
        Assert.True(AcceptanceFolder.Verify(folder, out _));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', lines));
    }
}
