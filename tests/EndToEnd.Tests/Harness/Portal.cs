using System.Globalization;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>A real portal that can be killed and started again on the same folder and port.</summary>
internal sealed class Portal : IAsyncDisposable
{
    /// <summary>The exact name that the portal has for everybody.</summary>
    public const string Host = "portal.culvert.test";

    private readonly TestFolder _folder;
    private RunningProgram? _program;

    private Portal(TestFolder folder) => _folder = folder;

    public int Port { get; private set; }

    public string? SignInCode { get; private set; }

    public string Data => _folder.Path("portal");

    public string RootCertificate => Path.Combine(Data, "keys", "root.crt");

    public string Transcript => _program?.Transcript() ?? "";

    public static async Task<Portal> StartAsync(TestFolder folder)
    {
        var portal = new Portal(folder);
        await portal.StartAsync();
        return portal;
    }

    /// <summary>Makes the keys of a portal by another clock.</summary>
    public static async Task PrepareAsync(TestFolder folder, string clock)
    {
        var portal = new Portal(folder) { Port = 1 };
        await portal.OnboardAsync("nobody", clock);
    }

    public async Task StartAsync()
    {
        // The port may still be held for a moment by what was killed.
        for (var attempt = 1; ; attempt++)
        {
            _program = RunningProgram.Start(
                "portal", Programs.Portal,
                ["run", "--data", Data, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}"), "--host-name", Host]);
            try
            {
                var line = await _program.WaitForLineAsync("listening ", Limits.Start);
                Port = new Uri(line["listening ".Length..]).Port;
                SignInCode = _program.Lines.FirstOrDefault(l => l.StartsWith("sign-in code ", StringComparison.Ordinal))?["sign-in code ".Length..] ?? SignInCode;
                return;
            }
            catch (InvalidOperationException) when (attempt < 5 && Port != 0)
            {
                await _program.DisposeAsync();
            }
        }
    }

    public Task KillAsync() => _program!.KillAsync();

    /// <summary>Onboards a sensor and gives its activation file.</summary>
    /// <param name="sensor">Its name.</param>
    /// <param name="clock">What libfaketime is to show, as <c>-15d</c>; null for the time.</param>
    /// <param name="more">Further options.</param>
    public async Task<string> OnboardAsync(string sensor, string? clock = null, params string[] more)
    {
        var file = _folder.Path($"{sensor}-{Guid.NewGuid():N}.activation");
        await using var run = RunningProgram.Start(
            "onboard", Programs.Portal,
            ["onboard", "--data", Data, "--sensor", sensor, "--site", "Plant", "--zone", "cell-1", "--level", "2", "--address", $"{Host}:{Port}", "--out", file, .. more],
            clock is null ? null : FakeTime.Environment(clock));
        Assert.True(await run.WaitForExitAsync(Limits.Start) == 0, run.Transcript());
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }
    }
}
