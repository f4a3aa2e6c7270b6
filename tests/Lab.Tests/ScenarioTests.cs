using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Lab.Tests;

/// <summary>An hour of random faults on all hops, compressed, while two sensors replay the whole capture.</summary>
public sealed class ScenarioTests
{
    private const int Seed = 3;

    [Fact(Timeout = 420_000)]
    public async Task An_hour_of_faults_loses_and_doubles_nothing_and_every_recovery_is_timed()
    {
        await LabHome.NeedsAsync("tinyproxy", "netdev", "tbf", "tun");
        await using var home = new LabHome();
        var lines = new List<string>();
        await home.UpAsync("two-lines", lines, cancellationToken: TestContext.Current.CancellationToken);
        var reply = await home.Control.AskAsync(
            "two-lines", "scenario", new JsonObject { ["seed"] = Seed, ["minutes"] = 60.0, ["compress"] = 80.0, ["capture"] = Repository.PlantCapture }, lines.Add, TestContext.Current.CancellationToken);
        var said = string.Join('\n', lines.Append(reply.Line));
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        var report = reply.Result.Deserialize<ScenarioReport>(KeeperReply.Json);
        Assert.True(report is not null, said);
        var network = NetworkBuilder.Build(NetworkTests.Site("two-lines"));
        var steps = ScenarioPlan.Random(network, Seed, TimeSpan.FromHours(1));
        // Every hop, every firewall on the way and the cloud had one.
        Assert.Equal(["cloud-portal", "dmz-firewall", "dmz-proxy", "line-firewall", "old-tinyproxy", "plant-proxy", "tls-proxy"], steps.Select(s => s.Host).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(steps.Select(s => (s.Fault, s.Host)).Order(), report.Recoveries.Select(r => (r.Fault, r.Host)).Order());
        Assert.Equal(2, report.Checks.Count);
        Assert.True(report.Checks.All(c => c.Passed), said);
        Assert.All(report.Recoveries, r =>
        {
            Assert.True(r.Seconds is >= 0, $"{r.Fault} at {r.Host}: {said}");
            // The fault lasted as long as planned, or a little longer: making and mending take time.
            Assert.True(r.Lasted >= steps.First(s => s.Fault == r.Fault && s.Host == r.Host).Lasts.TotalSeconds / 80 - 1, said);
            Assert.All(r.Sensors, s => Assert.True(s.WhileItLasted == (s.SinceBegin is { } first && first <= r.Lasted), said));
        });
        Assert.Empty((await home.Control.StatusAsync("two-lines", TestContext.Current.CancellationToken)).Faults);
    }
}
