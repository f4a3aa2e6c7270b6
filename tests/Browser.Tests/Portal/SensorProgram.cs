using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Culvert.Browser.Tests.Portal;

/// <summary>The real sensor program, without anything to watch: it has a session with the portal and does what it is told. Disposing ends it and removes its folder.</summary>
internal sealed class SensorProgram : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-browser-sensor-").FullName;
    private readonly ConcurrentQueue<string> _lines = new();
    private Process? _process;

    /// <summary>Activates and starts a sensor, and waits until it has a session.</summary>
    /// <param name="file">Its activation file.</param>
    /// <param name="routes">The <c>routes</c> of its settings, in YAML.</param>
    public static async Task<SensorProgram> StartAsync(ActivationFile file, string routes)
    {
        var sensor = new SensorProgram();
        await File.WriteAllTextAsync(sensor.In("activation.json"), JsonSerializer.Serialize(file, CulvertJson.Default.ActivationFile));
        await File.WriteAllTextAsync(sensor.In("sensor.yaml"), $"{routes}\nmode: learning\nsources: []\n");
        using var activating = sensor.Start("activate", "--data", sensor.In("data"), "--activation", sensor.In("activation.json"), "--settings", sensor.In("sensor.yaml"));
        using var deadline = new CancellationTokenSource(Limit);
        await activating.WaitForExitAsync(deadline.Token);
        Assert.True(activating.ExitCode == 0, sensor.Transcript());
        sensor._process = sensor.Start("run", "--data", sensor.In("data"), "--settings", sensor.In("sensor.yaml"));
        while (!sensor._lines.Any(l => l.Contains("Connected to the hub", StringComparison.Ordinal)))
        {
            Assert.False(sensor._process.HasExited, sensor.Transcript());
            await Task.Delay(TimeSpan.FromMilliseconds(100), deadline.Token);
        }

        return sensor;
    }

    /// <summary>What it said.</summary>
    public string Transcript() => string.Join('\n', _lines);

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private Process Start(params string[] arguments)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(here.Parent!.Parent!.FullName, "Culvert.SensorHost", here.Name, "culvert-sensor");
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Note(string? line)
    {
        if (line is not null && _lines.Count < 1000)
        {
            _lines.Enqueue(line);
        }
    }
}
