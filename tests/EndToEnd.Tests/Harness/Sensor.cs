namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>A real sensor with a data folder of its own.</summary>
internal sealed class Sensor(TestFolder folder, string name) : IAsyncDisposable
{
    private RunningProgram? _run;

    public string Name => name;

    public string Data => folder.Path($"sensor-{name}");

    public RunningProgram Run => _run ?? throw new InvalidOperationException($"{name} does not run.");

    public string Configure(string settings) => folder.Write($"{name}.yaml", settings);

    /// <summary>Activates and gives exit status and standard error.</summary>
    public async Task<(int Status, string Transcript)> TryActivateAsync(string activation, string settings, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var run = RunningProgram.Start($"activate {name}", Programs.Sensor, ["activate", "--data", Data, "--activation", activation, "--settings", settings], environment);
        return (await run.WaitForExitAsync(Limits.Start), run.Transcript());
    }

    public async Task ActivateAsync(Portal portal, string settings)
    {
        var (status, transcript) = await TryActivateAsync(await portal.OnboardAsync(name), settings);
        Assert.True(status == 0, transcript);
    }

    /// <summary>Starts it; it is ready when this returns.</summary>
    public async Task StartAsync(string settings, params string[] more)
    {
        _run = RunningProgram.Start(name, Programs.Sensor, ["run", "--data", Data, "--settings", settings, .. more]);
        await _run.WaitForLineAsync("ready", Limits.Start);
    }

    /// <summary>Runs it until the cloud has everything.</summary>
    public async Task DeliverAsync(string settings)
    {
        await StartAsync(settings, "--exit-when-delivered");
        var status = await Run.WaitForExitAsync(Limits.Delivery);
        Assert.True(status == 0, $"status {status}\n{Run.Transcript()}");
    }

    public Task KillAsync() => Run.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }
    }
}
