using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Lab.Tests;

/// <summary>One lab, and a brief table of faults in it: culvert check names hop and cause.</summary>
public sealed class FaultTests
{
    // One of every kind; the whole table is a command: culvert lab fault-table.
    private static readonly string[] Brief = ["refuse", "kill", "credentials-wrong", "tls-inspection", "certificate-expired", "wrong-via", "loop"];

    [Fact(Timeout = 280_000)]
    public async Task A_check_names_the_hop_and_the_cause_of_faults_that_were_made()
    {
        await LabHome.NeedsAsync("squid");
        await using var home = new LabHome();
        var lines = new List<string>();
        await home.UpAsync("proxy-chain", lines, cancellationToken: TestContext.Current.CancellationToken);
        var reply = await home.Control.AskAsync(
            "proxy-chain", "fault-table", new JsonObject { ["faults"] = new JsonArray([.. Brief.Select(f => (JsonNode)f)]) }, lines.Add, TestContext.Current.CancellationToken);
        var rows = reply.Result.Deserialize<FaultRow[]>(KeeperReply.Json)!;
        Assert.Equal(Brief.Order(), rows.Select(r => r.Fault).Distinct().Order());
        Assert.True(rows.All(r => r.AsExpected), string.Join('\n', lines));
        Assert.Empty((await home.Control.StatusAsync("proxy-chain", TestContext.Current.CancellationToken)).Faults);
    }
}
