using System.Diagnostics;

namespace Culvert.Lab.Tests;

/// <summary>A lab from up to down, and from up to kill -9.</summary>
public sealed class LifeTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_lab_comes_up_says_how_it_does_and_leaves_nothing()
    {
        await LabHome.NeedsAsync();
        await using var home = new LabHome();
        var lines = new List<string>();
        await home.UpAsync("proxy-chain", lines, networkOnly: true, cancellationToken: TestContext.Current.CancellationToken);
        var status = await home.Control.StatusAsync("proxy-chain", TestContext.Current.CancellationToken);
        Assert.Equal(9, status.Hosts.Count);
        var e = await Assert.ThrowsAsync<LabException>(() => home.UpAsync("proxy-chain", lines, networkOnly: true));
        Assert.Contains("runs already", e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(OfLab(home));
        Assert.True(await home.Control.DownAsync("proxy-chain", TestContext.Current.CancellationToken));
        await NothingIsLeftAsync(home);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_kill_9_the_next_command_cleans()
    {
        await LabHome.NeedsAsync();
        await using var home = new LabHome();
        await home.UpAsync("direct", [], networkOnly: true, cancellationToken: TestContext.Current.CancellationToken);
        // The holder and everything else dies with one signal; the files stay until somebody looks.
        var holder = int.Parse(File.ReadAllText(Path.Combine(home.Labs, "direct", "holder")).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        using (var process = Process.GetProcessById(holder))
        {
            process.Kill();
        }

        await EventuallyAsync(() => OfLab(home).Count == 0);
        Assert.True(Directory.Exists(Path.Combine(home.Labs, "direct")));
        Assert.Equal(["direct"], await home.Control.CleanAsync(TestContext.Current.CancellationToken));
        await NothingIsLeftAsync(home);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_lab_whose_starter_is_gone_ends_by_itself()
    {
        await LabHome.NeedsAsync();
        await using var home = new LabHome();
        await home.UpAsync("direct", [], networkOnly: true, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEmpty(OfLab(home));
        // What the kernel does when a test run is killed.
        home.LetGo();
        await EventuallyAsync(() => OfLab(home).Count == 0);
        Assert.Equal(["direct"], await home.Control.CleanAsync(TestContext.Current.CancellationToken));
        await NothingIsLeftAsync(home);
    }

    [Fact(Timeout = 180_000)]
    public async Task With_programs_and_faults_in_force_kill_9_of_the_keeper_ends_all()
    {
        await LabHome.NeedsAsync("tinyproxy", "netdev", "tun");
        await using var home = new LabHome();
        await home.UpAsync("two-lines", [], cancellationToken: TestContext.Current.CancellationToken);
        var orders = new System.Text.Json.Nodes.JsonArray("delay@tls-proxy", "loss=5%@tls-proxy", "mtu=900B@tls-proxy", "silent-200@dmz-proxy", "freeze@old-tinyproxy", "drop@dmz-firewall");
        var reply = await home.Control.AskAsync("two-lines", "fault", new() { ["orders"] = orders }, _ => { }, TestContext.Current.CancellationToken);
        Assert.True(reply.Status == 0, reply.Line);
        var status = await home.Control.StatusAsync("two-lines", TestContext.Current.CancellationToken);
        Assert.Equal(6, status.Faults.Count);
        Assert.Contains(status.Faults, f => f.StartsWith("loss at tls-proxy", StringComparison.Ordinal) && f.EndsWith("(5%)", StringComparison.Ordinal));
        var keeper = OfLab(home).Single(p => p.Contains("culvert lab keep", StringComparison.Ordinal) && !p.Contains("sh -c", StringComparison.Ordinal));
        using (var process = Process.GetProcessById(int.Parse(keeper.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture)))
        {
            process.Kill();
        }

        await EventuallyAsync(() => OfLab(home).Count == 0);
        Assert.Empty(await NothingIsLeft.OfMachineAsync());
        Assert.Equal(["two-lines"], await home.Control.CleanAsync(TestContext.Current.CancellationToken));
        await NothingIsLeftAsync(home);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_root_the_network_is_the_same()
    {
        await LabHome.NeedsAsync();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become somebody else to try it");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "setpriv is missing (package util-linux)");
        await using var home = new LabHome();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(home.Root, (UnixFileMode)0b111_111_111);
        }

        var (status, said) = await RunAsync(home, "lab", "up", Repository.Sample("direct"), "--network-only");
        Assert.SkipWhen(said.Contains("Permission denied", StringComparison.Ordinal) && !said.Contains("lab", StringComparison.Ordinal), $"others may not read the programs built here: {said}");
        Assert.SkipWhen(said.Contains("lets this user make no namespaces", StringComparison.Ordinal), said);
        Assert.True(status == 0, said);
        Assert.Contains("6 hosts in 3 segments", said, StringComparison.Ordinal);
        (status, said) = await RunAsync(home, "lab", "down");
        Assert.True(status == 0, said);
        await NothingIsLeftAsync(home);
    }

    private static async Task<(int Status, string Said)> RunAsync(LabHome home, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in (string[])["--reuid=65534", "--regid=65534", "--clear-groups", Repository.Culvert, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["XDG_STATE_HOME"] = home.Root;
        start.Environment["HOME"] = home.Root;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    private static async Task NothingIsLeftAsync(LabHome home)
    {
        await EventuallyAsync(() => OfLab(home).Count == 0);
        Assert.Empty(Directory.Exists(home.Labs) ? Directory.EnumerateFileSystemEntries(home.Labs) : []);
    }

    private static IReadOnlyList<string> OfLab(LabHome home) => LabProcesses.Below(home.Root);

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(60), "not within 60 s");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
