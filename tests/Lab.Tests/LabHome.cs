namespace Culvert.Lab.Tests;

/// <summary>A folder of labs of its own, so that labs of parallel runs never meet; everything in it ends with it.</summary>
internal sealed class LabHome : IAsyncDisposable
{
    private readonly string _root = Path.Combine(Folder, $"{Prefix}{Path.GetRandomFileName()[..8]}");
    private readonly FileStream _held;

    public LabHome()
    {
        Directory.CreateDirectory(_root);
        Made.Add(_root);
        // Labs end with the lock on it, which ends with this process: a test that was killed leaves none behind.
        _held = new FileStream(HeldFile, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        Control = new LabControl(Labs, [Repository.Culvert, "lab", "keep"], TimeProvider.System);
    }

    /// <summary>Where homes are: short, for the paths of Unix sockets are.</summary>
    public const string Folder = "/tmp";

    /// <summary>How the names of homes begin.</summary>
    public const string Prefix = "cl-";

    /// <summary>Every home that this run made.</summary>
    public static System.Collections.Concurrent.ConcurrentBag<string> Made { get; } = [];

    public string Root => _root;

    public string HeldFile => Path.Combine(_root, "held");

    /// <summary>Lets go of what holds the labs, as the end of this process does.</summary>
    public void LetGo() => _held.Dispose();

    public string Labs => Path.Combine(_root, "culvert", "labs");

    public LabControl Control { get; }

    /// <summary>Skips the test, with the reason, where the machine cannot build labs.</summary>
    public static async Task NeedsAsync(params string[] programs)
    {
        var machine = await Machine.ExamineAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(machine.CanRun, $"labs cannot be built here: {string.Join("; ", machine.Missing.Where(f => f.Required).Select(f => f.Lost))}");
        foreach (var program in programs)
        {
            Assert.SkipUnless(machine.Has(program), machine.Findings.FirstOrDefault(f => f.Name == program)?.Lost ?? $"{program} is missing");
        }
    }

    /// <summary>Brings a sample up.</summary>
    public Task UpAsync(string sample, List<string> lines, bool networkOnly = false, string? name = null, IReadOnlyDictionary<string, string>? clocks = null, CancellationToken cancellationToken = default) =>
        UpFileAsync(name ?? sample, Repository.Sample(sample), lines, networkOnly, clocks, cancellationToken);

    /// <summary>Brings a site file's text up.</summary>
    public Task UpTextAsync(string name, string text, List<string> lines, bool networkOnly = false, CancellationToken cancellationToken = default)
    {
        var file = Path.Combine(_root, $"{name}.site.yaml");
        File.WriteAllText(file, text);
        return UpFileAsync(name, file, lines, networkOnly, null, cancellationToken);
    }

    private async Task UpFileAsync(string name, string file, List<string> lines, bool networkOnly, IReadOnlyDictionary<string, string>? clocks, CancellationToken cancellationToken) => await Control.UpAsync(
        new LabOptions
        {
            Name = name,
            NetworkOnly = networkOnly,
            Sensors = false,
            HeldBy = HeldFile,
            Clocks = clocks ?? new Dictionary<string, string>(),
            Programs = new Dictionary<string, string>
            {
                ["culvert"] = Repository.Culvert,
                ["culvert-portal"] = Repository.Program("Culvert.PortalHost", "culvert-portal"),
                ["culvert-proxy"] = Repository.Program("Culvert.ProxyHost", "culvert-proxy"),
                ["culvert-sensor"] = Repository.Program("Culvert.SensorHost", "culvert-sensor"),
            },
        },
        file, lines.Add, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // The test's own limit has no power here.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        foreach (var folder in LabFolder.All(Labs))
        {
            await Control.DownAsync(folder.Name, limit.Token);
        }

        LetGo();
        Directory.Delete(_root, recursive: true);
    }
}
