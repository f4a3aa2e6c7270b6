using Culvert.EndToEnd.Tests.Harness;
using Microsoft.Data.Sqlite;

namespace Culvert.EndToEnd.Tests;

/// <summary><c>culvert demo</c> as a person starts it.</summary>
public sealed class DemoTests
{
    [Theory(Timeout = 300_000)]
    [InlineData("--method", "direct")]
    [InlineData("--chaining", "forwarded")]
    public async Task It_brings_the_plant_into_the_portal_and_ends(string option, string value)
    {
        using var folder = new TestFolder();
        var state = folder.Path("state");
        await using var demo = RunningProgram.Start("demo", Programs.Cli, ["demo", "--port", "0", "--speed", "0", "--exit-when-done", "--state", state, option, value]);

        Assert.True(await demo.WaitForExitAsync(Limits.Delivery) == 0, demo.Transcript());

        Assert.Contains(demo.Lines, l => l.StartsWith("Sign-in:  code ", StringComparison.Ordinal));
        Assert.Contains(demo.Lines, l => l.EndsWith("the portal has everything", StringComparison.Ordinal));
        Assert.True(Count(state, "SELECT COUNT(*) FROM devices") > 10);
        Assert.Equal(5, Count(state, "SELECT COUNT(DISTINCT engine) FROM alerts"));
    }

    [Fact(Timeout = 300_000)]
    public async Task Ctrl_C_stops_everything_in_order_and_leaves_nothing_behind()
    {
        // A process group of its own, as a shell gives it, with the signal as a terminal leaves it.
        await using var demo = RunningProgram.Start("demo", "setsid", ["env", "--default-signal=INT", Programs.Cli, "demo", "--port", "0", "--speed", "0", "--method", "cloudProxy"]);
        await demo.WaitForLineAsync("The whole capture is in the portal.", Limits.Delivery);
        var logs = (await demo.WaitForLineAsync("Logs:", Limits.Start))["Logs:".Length..].Trim();
        var children = Children(demo.ProcessId);
        Assert.NotEmpty(children);

        // A terminal sends it to the whole group, to the programs that the demo started too.
        demo.Interrupt();

        Assert.True(await demo.WaitForExitAsync(Limits.Start) == 0, demo.Transcript());
        Assert.False(Directory.Exists(Path.GetDirectoryName(logs)));
        await Limits.UntilAsync(() => Task.FromResult(children.All(p => !Directory.Exists($"/proc/{p}"))), "the programs ended", TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_port_that_is_taken_is_named()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        await using var demo = RunningProgram.Start("demo", Programs.Cli, ["demo", "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);

        Assert.Equal(4, await demo.WaitForExitAsync(Limits.Start));

        Assert.Contains($"Port {port} of 127.0.0.1", demo.Transcript(), StringComparison.Ordinal);
        Assert.Contains("--port", demo.Transcript(), StringComparison.Ordinal);
    }

    private static List<int> Children(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0).Where(id => id > 0 && ParentOf(id) == parent),
    ];

    private static int ParentOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static long Count(string state, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(state, "portal", "portal.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The SQL is of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
