using System.Diagnostics;
using System.Text;

namespace Culvert.Browser.Tests.Portal;

/// <summary>The real portal program on a port of its own with a data folder of its own. Disposing ends it and removes the folder.</summary>
internal sealed class PortalProgram : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private PortalProgram(string folder, Process process) => (Folder, _process) = (folder, process);

    public string Folder { get; }

    public string SignInCode { get; private set; } = "";

    public Uri Address { get; private set; } = new("https://localhost");

    public static async Task<PortalProgram> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("culvert-browser-").FullName;
        var process = Start("run", "--data", folder, "--listen", "127.0.0.1:0", "--host-name", "localhost");
        var portal = new PortalProgram(folder, process);
        process.ErrorDataReceived += (_, line) => portal.Note(line.Data);
        process.BeginErrorReadLine();
        using var deadline = new CancellationTokenSource(Limit);
        while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.StartsWith("sign-in code ", StringComparison.Ordinal))
            {
                portal.SignInCode = line["sign-in code ".Length..];
            }
            else if (line.StartsWith("listening ", StringComparison.Ordinal))
            {
                portal.Address = new Uri(line["listening ".Length..]);
                return portal;
            }
        }

        await portal.DisposeAsync();
        throw new InvalidOperationException($"The portal ended before it listened.\n{portal.Errors()}");
    }

    /// <summary>Onboards a sensor on the running portal's data folder and gives its activation file.</summary>
    public async Task<ActivationFile> OnboardAsync(string sensor, string site, string zone, string level)
    {
        var file = Path.Combine(Folder, $"{sensor}.activation.json");
        using var onboard = Start("onboard", "--data", Folder, "--sensor", sensor, "--site", site, "--zone", zone, "--level", level, "--out", file);
        using var deadline = new CancellationTokenSource(Limit);
        var error = onboard.StandardError.ReadToEndAsync(deadline.Token);
        await onboard.StandardOutput.ReadToEndAsync(deadline.Token);
        await onboard.WaitForExitAsync(deadline.Token);
        return onboard.ExitCode == 0
            ? System.Text.Json.JsonSerializer.Deserialize(await File.ReadAllTextAsync(file), CulvertJson.Default.ActivationFile)!
            : throw new InvalidOperationException($"onboard {sensor}: {await error}");
    }

    /// <summary>What the portal logged last.</summary>
    public string Errors()
    {
        lock (_errors)
        {
            return _errors.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static Process Start(params string[] arguments)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(here.Parent!.Parent!.FullName, "Culvert.PortalHost", here.Name, "culvert-portal");
        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
    }

    private void Note(string? line)
    {
        lock (_errors)
        {
            if (line is not null && _errors.Length < 65_536)
            {
                _errors.AppendLine(line);
            }
        }
    }
}
