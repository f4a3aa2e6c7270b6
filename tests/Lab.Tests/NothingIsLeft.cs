using System.Diagnostics;
using System.Text.RegularExpressions;
using Culvert.Lab.Tests;

[assembly: AssemblyFixture(typeof(NothingIsLeft))]

namespace Culvert.Lab.Tests;

/// <summary>Around all tests of labs: sweeps up what an earlier run that was killed left behind, and fails when this one leaves anything.</summary>
/// <remarks>Processes, temporary folders, and in the machine's own network what only a lab makes: its cables, switches, TAP devices, namespaces and tables. Labs make no control groups.</remarks>
public sealed partial class NothingIsLeft : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public async ValueTask InitializeAsync()
    {
        foreach (var home in Directory.EnumerateDirectories(LabHome.Folder, $"{LabHome.Prefix}*").Where(IsAbandoned))
        {
            var control = new LabControl(Path.Combine(home, "culvert", "labs"), [Repository.Culvert, "lab", "keep"], TimeProvider.System);
            foreach (var lab in control.Running())
            {
                await control.DownAsync(lab.Name, TestContext.Current.CancellationToken);
            }

            Directory.Delete(home, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        IReadOnlyList<string> left = [];
        var began = TimeProvider.System.GetTimestamp();
        do
        {
            // The kernel takes down a namespace's network a moment after its last process.
            left = [.. LabHome.Made.SelectMany(LabProcesses.Below), .. LabHome.Made.Where(Directory.Exists), .. await OfMachineAsync()];
            if (left.Count > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
        while (left.Count > 0 && TimeProvider.System.GetElapsedTime(began) < Limit);
        if (left.Count > 0)
        {
            throw new InvalidOperationException($"Labs left behind:\n{string.Join('\n', left)}");
        }
    }

    /// <summary>What only labs make, in the network that this process is in.</summary>
    internal static async Task<IReadOnlyList<string>> OfMachineAsync() =>
    [
        .. LabLink().Matches(await SaidAsync("ip", "-brief", "link")).Select(m => $"link {m.Value.Trim()}"),
        .. LabTable().Matches(await SaidAsync("nft", "list", "tables")).Select(m => m.Value.Trim()),
        .. Directory.Exists("/run/netns") ? Directory.EnumerateFiles("/run/netns").Where(f => Hosts.Value.Contains(Path.GetFileName(f))) : [],
    ];

    private static Lazy<HashSet<string>> Hosts { get; } = new(() => [.. NetworkTests.AllSites().SelectMany(s => NetworkBuilder.Build(s).Hosts).Select(h => h.Name)]);

    // Held by nobody: the run that made it is over. One made this moment has no file yet.
    private static bool IsAbandoned(string home)
    {
        try
        {
            if (Directory.GetCreationTimeUtc(home) > TimeProvider.System.GetUtcNow().UtcDateTime - Limit)
            {
                return false;
            }

            using var held = new FileStream(Path.Combine(home, "held"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task<string> SaidAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var said = await process.StandardOutput.ReadToEndAsync();
            await errors;
            await process.WaitForExitAsync();
            return said;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not installed: then there were no labs either.
            return "";
        }
    }

    [GeneratedRegex(@"^(?:p[0-9]+[abx]?|z[0-9]+|lab-trial)(?=[@ ])", RegexOptions.Multiline)]
    private static partial Regex LabLink();

    [GeneratedRegex(@"^table \S+ lab_.*$", RegexOptions.Multiline)]
    private static partial Regex LabTable();
}
