using System.Diagnostics;

namespace Culvert.Interop.Tests;

/// <summary>The faults of packet filters, in a network namespace that ends with the process.</summary>
public sealed class PacketFilterTests
{
    private const string Inside = "CULVERT_IN_NAMESPACE";

    public static TheoryData<string> Built => [.. NamespaceFaults.All.Select(f => f.Name)];

    /// <summary>Runs the theory below within a namespace of its own.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Faults_of_packet_filters_are_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "network namespaces are Linux's");
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Inside) is not null, "this is the inner run");
        var unshare = ProxyProgram.Need("unshare");
        ProxyProgram.Need("nft");
        var ip = ProxyProgram.Need("ip");
        string[] who = Environment.IsPrivilegedProcess ? ["-n"] : ["-U", "--map-root-user", "-n"];
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(unshare, [.. who, "--kill-child", "-f", "sh", "-c", $"{ip} link set dev lo up && exec \"$0\" -noColor -noLogo -explicit only -method '*PacketFilterTests.Is_named'", self])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Inside] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        var said = await output + await errors;
        Assert.SkipWhen(said.Contains("unshare failed", StringComparison.Ordinal), "no network namespace can be made here");
        Assert.True(process.ExitCode == 0 && said.Contains($"Total: {NamespaceFaults.All.Count()}, Errors: 0, Failed: 0, Skipped: 0", StringComparison.Ordinal), said);
    }

    [Theory(Timeout = 60_000, Explicit = true)]
    [MemberData(nameof(Built))]
    public async Task Is_named(string fault)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Inside) is null, "runs within a network namespace, started by the test above");
        await FaultTable.CheckAsync(NamespaceFaults.All.Single(f => f.Name == fault));
    }
}
