using System.Globalization;
using Culvert.Configuration;

namespace Culvert.Lab;

/// <summary>A timed list of faults: read from a file, or thrown by dice.</summary>
public static class ScenarioPlan
{
    // Faults that leave a way to come back by themselves when they are mended, at any hop.
    private static readonly string[] AtHops = ["drop", "refuse", "reset", "kill", "freeze", "delay", "bandwidth", "loss", "silent-200", "407-for-ever", "reset-after", "loop"];
    private static readonly string[] AtCloud = ["drop", "refuse", "kill", "loss", "tls-inspection"];

    /// <summary>Reads a file: <c>steps: [{ at: 10s, fault: kill, host: plant-proxy, for: 20s }]</c>. Throws <see cref="LabException"/> with every mistake.</summary>
    public static IReadOnlyList<ScenarioStep> Load(string path)
    {
        var result = SettingsFile.Load(path, root => (IReadOnlyList<ScenarioStep>)[.. root.Mappings("steps", minItems: 1).Select(m => new ScenarioStep(
            m.Required("at", Setting.Duration(TimeSpan.Zero, TimeSpan.FromDays(1))),
            m.Required("fault", Setting.TextUpTo(64)) ?? "",
            m.Required("host", Setting.TextUpTo(128)) ?? "",
            m.Required("for", Setting.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)))))]);
        return result.TryGet(out var steps) ? [.. steps.OrderBy(s => s.At)] : throw new LabException(string.Join('\n', result.Mistakes));
    }

    /// <summary>Throws dice: one fault after the other, at every kind of hop, with pauses to recover. The same seed gives the same scenario.</summary>
    public static IReadOnlyList<ScenarioStep> Random(LabNetwork network, int seed, TimeSpan over)
    {
        ArgumentNullException.ThrowIfNull(network);
        // Not for secrets: a scenario must be the same on every machine.
        var random = new Random(seed);
        var hosts = network.Hosts.Where(h => h.Kind is LabHostKind.Proxy or LabHostKind.Member or LabHostKind.Balancer or LabHostKind.Cloud).ToList();
        var steps = new List<ScenarioStep>();
        for (var at = Between(random, 0.01, 0.03, over); at < over * 0.95;)
        {
            var host = hosts[random.Next(hosts.Count)];
            var faults = host.Kind == LabHostKind.Cloud ? AtCloud : AtHops;
            var lasts = Between(random, 0.01, 0.04, over);
            steps.Add(new ScenarioStep(at, faults[random.Next(faults.Length)], host.Name, lasts));
            at += lasts + Between(random, 0.02, 0.05, over);
        }

        return steps;
    }

    /// <summary>The same in less time.</summary>
    public static IReadOnlyList<ScenarioStep> Compress(IReadOnlyList<ScenarioStep> steps, double factor) =>
        factor < 1 ? throw new LabException(string.Create(CultureInfo.InvariantCulture, $"--compress {factor}: expected 1 or more."))
        : [.. steps.Select(s => s with { At = s.At / factor, Lasts = s.Lasts / factor })];

    private static TimeSpan Between(Random random, double least, double most, TimeSpan of) => of * (least + (random.NextDouble() * (most - least)));
}
