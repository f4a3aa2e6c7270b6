using System.Diagnostics;

namespace Culvert.Planning.Tests;

/// <summary>Real programs that must accept what we write for them; a test without its program is skipped by name.</summary>
internal static class RealProgram
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

    /// <summary>One of this project's own programs, in its output folder beside this one's.</summary>
    public static string Ours(string project, string program)
    {
        var path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", $"Culvert.{project}", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), program));
        Assert.SkipWhen(!File.Exists(path), $"{program} is not built");
        return path;
    }

    public static async Task<(int Status, string Output)> RunAsync(string program, params string[] arguments)
    {
        var path = Path.IsPathRooted(program) ? program : Folders.Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{program} is not installed");
        var start = new ProcessStartInfo(path!) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(180));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await errors);
    }
}
