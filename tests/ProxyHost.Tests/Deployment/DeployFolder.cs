using System.Diagnostics;
using Culvert.ProxyHost.Tests.Harness;

namespace Culvert.ProxyHost.Tests.Deployment;

/// <summary>The files of deploy/, and the programs that judge them.</summary>
internal static class DeployFolder
{
    private static readonly string Root = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, "deploy", .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>Skips the test by name where a program is not on this machine.</summary>
    public static void Require(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        Assert.SkipUnless(folders.Any(f => File.Exists(Path.Combine(f, program))), $"{program} is not installed");
    }

    /// <summary>Runs a program to its end; gives its status, and all it said.</summary>
    public static async Task<(int Status, string Said)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root };
        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(4));
        try
        {
            var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, texts[0] + texts[1]);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Runs one of the trials in eng/, which need the native file; skips by name what the machine cannot do.</summary>
    public static async Task TryAsync(string script)
    {
        Assert.SkipUnless(
            File.Exists(Environment.GetEnvironmentVariable("CULVERT_PROXY")), $"CULVERT_PROXY names no native culvert-proxy; eng/{script} publishes one and does the same");
        var (status, said) = await RunAsync(Path.Combine(Root, "eng", script));
        Assert.SkipWhen(status == 77, said);
        Assert.True(status == 0, said);
    }

    private static string FindRoot()
    {
        var folder = Path.GetDirectoryName(ProxyProcess.Program)!;
        while (!File.Exists(Path.Combine(folder, "Culvert.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository's root was not found.");
        }

        return folder;
    }
}
