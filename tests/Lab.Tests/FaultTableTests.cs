using System.Text.Json;

namespace Culvert.Lab.Tests;

/// <summary>Every fault at every hop: culvert check names hop and cause. What culvert lab fault-table does, shared between labs, for most of it is waiting.</summary>
public sealed class FaultTableTests
{
    private const int Labs = 4;
    private const int Pairs = 24;

    // What the whole table of the other site does not have: an https hop, a third party's proxy, a forwarded way; edges, firewalls, values, several at once.
    private static readonly string[] OnTwoLines =
    [
        "certificate-expired", "credentials-wrong", "kill@tls-proxy", "reset@tls-proxy", "407-for-ever@tls-proxy", "bodied-200@tls-proxy", "loop@tls-proxy", "header-bomb=1MB@tls-proxy",
        "half-close@tls-proxy", "reset-after@tls-proxy", "not-a-proxy@tls-proxy", "refuse@old-tinyproxy", "kill@plant-proxy", "no-such-name@old-tinyproxy",
        "refuse@sensor-line-1..tls-proxy", "drop@tls-proxy..dmz-proxy", "reset@tls-proxy..old-tinyproxy", "refuse@dmz-proxy..cloud-portal", "block-page@tls-proxy..dmz-proxy",
        "loss=100%@tls-proxy..old-tinyproxy", "bandwidth=64kbit@sensor-line-1..tls-proxy", "delay=400ms@tls-proxy..dmz-proxy", "delay=300ms@line-firewall", "bandwidth=100kbit@dmz-firewall", "mtu=700B@dmz-firewall",
        "refuse@line-firewall", "reset@dmz-firewall", "clock-off=+2h@sensor-line-2",
        "kill@dmz-proxy,delay=300ms@tls-proxy,credentials-wrong@tls-proxy", "refuse@dmz-proxy,reset@old-tinyproxy,bandwidth=200kbit@tls-proxy", "drop@cloud-portal,kill@old-tinyproxy",
    ];

    [Fact(Timeout = 600_000)]
    public async Task Every_fault_at_every_hop_and_pairs_of_faults_are_named()
    {
        await LabHome.NeedsAsync("squid", "netdev", "tbf", "tun", "faketime");
        await using var home = new LabHome();
        var parts = await Task.WhenAll(Enumerable.Range(1, Labs).Select(part => TableAsync(home, "proxy-chain", new FaultTableOptions { Pairs = Pairs, Part = part, Parts = Labs })));
        var rows = parts.SelectMany(r => r).ToList();
        // All but what needs a pool.
        Assert.Equal(LabFault.All.Select(f => f.Name).Where(n => n != "member-dead").Order(StringComparer.Ordinal), rows.Select(r => r.Fault).Where(f => !f.Contains('+', StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 400_000)]
    public async Task An_https_hop_edges_firewalls_values_and_several_at_once_are_named_too()
    {
        await LabHome.NeedsAsync("tinyproxy", "netdev", "tbf", "tun", "faketime");
        await using var home = new LabHome();
        var rows = await Task.WhenAll(
            TableAsync(home, "two-lines", new FaultTableOptions { Rows = OnTwoLines, Part = 1, Parts = 2 }), TableAsync(home, "two-lines", new FaultTableOptions { Rows = OnTwoLines, Part = 2, Parts = 2 }));
        Assert.True(rows.Sum(r => r.Count) >= OnTwoLines.Length - 1);
    }

    [Fact(Timeout = 280_000)]
    public async Task A_pool_is_named_when_it_is_dead_and_not_when_one_of_its_members_is()
    {
        await LabHome.NeedsAsync("swanctl", "tun");
        await using var home = new LabHome();
        Assert.Equal(4, (await TableAsync(home, "cloud-proxy", new FaultTableOptions { Rows = ["member-dead", "kill", "refuse@proxy-pool-1", "407-for-ever"] })).Count);
    }

    private static async Task<IReadOnlyList<FaultRow>> TableAsync(LabHome home, string sample, FaultTableOptions options)
    {
        var lines = new List<string>();
        var name = FormattableString.Invariant($"{sample}-{options.Part}");
        await home.UpAsync(sample, lines, name: name, cancellationToken: TestContext.Current.CancellationToken);
        var reply = await home.Control.AskAsync(name, "fault-table", JsonSerializer.SerializeToNode(options, KeeperReply.Json)!.AsObject(), lines.Add, TestContext.Current.CancellationToken);
        Assert.True(reply.Result is not null, string.Join('\n', lines));
        var rows = reply.Result.Deserialize<FaultRow[]>(KeeperReply.Json)!;
        Assert.True(rows.All(r => r.AsExpected), string.Join('\n', lines));
        Assert.Empty((await home.Control.StatusAsync(name, TestContext.Current.CancellationToken)).Faults);
        await home.Control.DownAsync(name, TestContext.Current.CancellationToken);
        return rows;
    }
}
