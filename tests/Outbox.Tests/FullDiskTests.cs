using System.Diagnostics;

namespace Culvert.Outbox.Tests;

public sealed class FullDiskTests : OutboxTest
{
    [Fact]
    [Trait("Needs", "userns")]
    public async Task On_a_full_disk_appending_waits_acknowledging_goes_on_and_it_recovers_by_itself()
    {
        // A file system of 4 MiB of its own, in a mount namespace that needs no root.
        var script = $"mount -t tmpfs -o size=4m none '{Root}' && exec '{Environment.ProcessPath}' --child fill '{Root}'";
        using var child = Process.Start(new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        Assert.SkipWhen(child is null, "unshare (util-linux) is not on this machine.");
        var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(error.Contains("unshare failed", StringComparison.Ordinal) || error.Contains("mount:", StringComparison.Ordinal), $"No user namespaces here: {error}");
        Assert.Equal(["full DiskFull True", "acknowledged 20 True", "again None", "whole True"], (await output).Trim().Split('\n'));
        Assert.Equal(0, child.ExitCode);
    }
}
