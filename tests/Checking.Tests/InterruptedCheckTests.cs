using System.Diagnostics;
using System.Globalization;
using Culvert.Checking.Tests.Faults;
using Culvert.Cli;

namespace Culvert.Checking.Tests;

/// <summary>The program itself, told to stop: by Ctrl-C in the middle of a check, and of a watch.</summary>
public sealed class InterruptedCheckTests
{
    private const string Env = "/usr/bin/env";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_check_under_way_ends_in_order_with_status_130(string signal)
    {
        var asked = new TaskCompletionSource();
        var connections = 0;
        await using var site = new FaultSite().WithCloud().WithHop("plant", async (stream, token) =>
        {
            // The second comes some seconds after the first: by then the program listens to signals.
            if (Interlocked.Increment(ref connections) == 2)
            {
                asked.TrySetResult();
            }

            await FaultProxy.Silent(stream, token);
        });
        using var program = await StartAsync(site);

        await asked.Task.WaitAsync(Token);

        Assert.Equal(ExitCode.Interrupted, await StopAsync(program, signal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_watch_ends_in_order_with_status_130()
    {
        await using var site = new FaultSite().WithCloud();
        using var program = await StartAsync(site, "--watch", "1s");
        while (await program.StandardOutput.ReadLineAsync(Token) is { } line && !line.Contains("works since", StringComparison.Ordinal))
        {
            Assert.False(program.HasExited);
        }

        Assert.Equal(ExitCode.Interrupted, await StopAsync(program, "INT"));
    }

    private static async Task<Process> StartAsync(FaultSite site, params string[] more)
    {
        Assert.SkipUnless(File.Exists(Env), $"{Env} is not on this machine.");
        site.Authority.WriteTrust(site.PathOf("ca.pem"));
        var hops = string.Join(", ", site.Hops.Select(h => $"{{ name: {h.Name}, host: {h.Address.Host}, port: {h.Address.Port} }}"));
        await File.WriteAllTextAsync(site.PathOf("sensor.yaml"), $"routes:\n  - {{ name: main, hops: [{hops}] }}\nmode: learning\nsources: []\n", Token);
        await File.WriteAllTextAsync(site.PathOf("endpoints.json"), $$"""[{"service":"iotHub","host":"{{site.Cloud.Host}}","port":{{site.Cloud.Port}}}]""", Token);
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(here.Parent!.Parent!.FullName, "Culvert.Cli", here.Name, "culvert");
        // A test run in the background has SIGINT ignored, and its children too.
        string[] arguments = ["--default-signal=INT", program, "check", "--settings", site.PathOf("sensor.yaml"), "--endpoints", site.PathOf("endpoints.json"), "--ca", site.PathOf("ca.pem"), .. more];
        var started = Process.Start(new ProcessStartInfo(Env, arguments) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException($"{program} did not start.");
        _ = Token.Register(() => End(started));
        return started;
    }

    private static void End(Process program)
    {
        try
        {
            program.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended, or was disposed of.
        }
    }

    private static async Task<int> StopAsync(Process program, string signal)
    {
        try
        {
            using var kill = Process.Start("/bin/kill", [$"-{signal}", program.Id.ToString(CultureInfo.InvariantCulture)]);
            var rest = program.StandardOutput.ReadToEndAsync(Token);
            await program.WaitForExitAsync(Token);
            await rest;
            return program.ExitCode;
        }
        finally
        {
            End(program);
        }
    }
}
