using Culvert.Planning;

namespace Culvert.Lab.Tests;

public sealed class WhatIfTests
{
    private static readonly SiteFile Chain = NetworkTests.Site("proxy-chain");

    [Fact]
    public void Without_one_of_two_last_hops_the_other_route_is_left()
    {
        var lost = Assert.Single(WhatIf.Without(Chain, "proxy dmz-proxy").Lost);
        Assert.Equal(("sensor-cell-1", "main", "by-it"), (lost.Sensor, Assert.Single(lost.Lost), Assert.Single(lost.Left)));
    }

    [Fact]
    public void Without_the_hop_of_all_routes_the_sensor_is_cut_off()
    {
        var loss = WhatIf.Without(Chain, "proxy plant-proxy");
        Assert.True(loss.CutsOff);
        Assert.Equal(["main", "by-it"], Assert.Single(loss.Lost).Lost);
    }

    [Fact]
    public void A_rule_belongs_to_the_routes_whose_flow_it_lets_through()
    {
        var rule = WhatIf.Everything(Chain).Single(l => l.Thing.StartsWith("rule dmz-firewall/", StringComparison.Ordinal) && l.Description.StartsWith("plant-proxy to it-squid", StringComparison.Ordinal));
        Assert.Equal(["by-it"], Assert.Single(rule.Lost).Lost);
    }

    [Fact]
    public void The_cloud_s_certificate_cuts_off_everybody() => Assert.True(WhatIf.Without(Chain, "certificate portal").CutsOff);

    [Fact]
    public void What_is_not_there_cannot_be_taken_away() =>
        Assert.Contains("proxy plant-proxy", Assert.Throws<LabException>(() => WhatIf.Without(Chain, "proxy nobody")).Message, StringComparison.Ordinal);

    [Fact(Timeout = 300_000)]
    public async Task What_is_calculated_is_what_happens_in_the_lab()
    {
        await LabHome.NeedsAsync("squid");
        await using var home = new LabHome();
        await home.UpAsync("proxy-chain", [], cancellationToken: TestContext.Current.CancellationToken);
        var lines = new List<string>();
        var rules = RulePlanner.Plan(Chain, Chain.Firewalls.First(f => f.Name == "dmz-firewall"));
        var toDmz = rules.First(r => r.Flow is { From: "plant-proxy", To: "dmz-proxy" }).Number;
        var reply = await home.Control.AskAsync("proxy-chain", "what-if", new() { ["things"] = new System.Text.Json.Nodes.JsonArray("proxy it-squid", $"rule dmz-firewall/{toDmz}") }, lines.Add, TestContext.Current.CancellationToken);
        Assert.True(reply.Status == 0, string.Join('\n', lines.Append(reply.Line)));
        Assert.Equal(["ok     without proxy it-squid: lost sensor-cell-1/by-it, as calculated", $"ok     without rule dmz-firewall/{toDmz}: lost sensor-cell-1/main, as calculated"], lines);
    }
}
