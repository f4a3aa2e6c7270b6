using System.Diagnostics;

namespace Culvert.Lab;

/// <summary>Runs programs that do one thing and end.</summary>
internal static class Shell
{
    private const int LongestComplaint = 2000;

    /// <summary>Runs a program with a text on its standard input and gives its standard output. Throws <see cref="LabException"/> when it fails.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string input, CancellationToken cancellationToken)
    {
        var (status, output, errors) = await TryAsync(program, arguments, input, cancellationToken);
        if (status != 0)
        {
            // strongSwan's tools name every plugin that was not installed before they say what happened.
            var said = string.Join('\n', errors.Split('\n').Where(l => !l.StartsWith("plugin '", StringComparison.Ordinal))).Trim();
            throw new LabException($"{program} {string.Join(' ', arguments.Take(6))}: failed with status {status}: {(said.Length > LongestComplaint ? said[..LongestComplaint] : said)}");
        }

        return output;
    }

    /// <summary>Runs a program and gives its exit status, standard output and standard error.</summary>
    public static async Task<(int Status, string Output, string Errors)> TryAsync(string program, IEnumerable<string> arguments, string input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            try
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading; its status says why.
            }

            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a POSIX shell script in a host's network namespace.</summary>
    public static Task<string> InAsync(string host, string script, CancellationToken cancellationToken) =>
        RunAsync("nsenter", [$"--net=/run/netns/{host}", "sh", "-e"], script, cancellationToken);
}
