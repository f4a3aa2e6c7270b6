using System.Globalization;
using Culvert.Configuration;

namespace Culvert.Lab;

/// <summary>A timed list of faults: read from a file, or thrown by dice.</summary>
public static class ScenarioPlan
{
    private const int MostSteps = 1000;

    // Faults that leave a way to come back by themselves when they are mended, at any hop.
    private static readonly string[] AtHops =
        ["drop", "refuse", "reset", "kill", "freeze", "delay", "bandwidth", "loss", "mtu", "silent-200", "407-for-ever", "407-once", "reset-after", "reset-after-mb", "half-close", "extra-bytes", "wrong-via", "slow-reply", "loop"];

    private static readonly string[] AtCloud = ["drop", "refuse", "reset", "kill", "loss", "mtu", "tls-inspection", "certificate-expired"];
    private static readonly string[] AtFirewalls = ["drop", "refuse", "reset", "delay", "bandwidth", "loss"];

    /// <summary>Reads a file: <c>steps: [{ at: 10s, fault: kill, host: plant-proxy, for: 20s, value: 300ms }]</c>. Throws <see cref="LabException"/> with every mistake, its line and what was expected.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The lab that it is for, whose hosts its steps name; null where there is none yet.</param>
    public static IReadOnlyList<ScenarioStep> Load(string path, LabNetwork? network = null)
    {
        var fault = Kind("the name of a fault (culvert lab fault --list)", text => LabFault.Find(text).Name);
        var host = Kind("a host of the lab, or an edge FROM..TO", text => network is null ? text : FaultPlace.Find(network, text).Name);
        var result = SettingsFile.Load(path, root => (IReadOnlyList<ScenarioStep>)[.. root.Mappings("steps", minItems: 1).Take(MostSteps).Select(m => ReadStep(m, fault, host))]);
        return result.TryGet(out var steps) ? [.. steps.OrderBy(s => s.At)] : throw new LabException(string.Join('\n', result.Mistakes));
    }

    /// <summary>Throws dice: one fault after the other, at every hop, firewall on the way and cloud, with pauses to recover. The same seed gives the same scenario.</summary>
    public static IReadOnlyList<ScenarioStep> Random(LabNetwork network, int seed, TimeSpan over)
    {
        ArgumentNullException.ThrowIfNull(network);
        // Not for secrets: a scenario must be the same on every machine.
        var random = new Random(seed);
        var sensors = network.Site.Sensors.Where(s => s.Mode == SensorMode.CloudConnected).ToList();
        var hosts = network.Hosts.Where(h => h.Kind is LabHostKind.Proxy or LabHostKind.Member or LabHostKind.Balancer or LabHostKind.Cloud
            || (h.Kind == LabHostKind.Firewall && sensors.Any(s => s.Routes.Any(r => new FaultPosition(network, s, r).Of(new FaultPlace(h)) is not null)))).ToArray();
        var steps = new List<ScenarioStep>();
        var next = new Queue<LabHost>();
        for (var at = Between(random, 0.01, 0.03, over); at < over * 0.95;)
        {
            if (next.Count == 0)
            {
                // Everybody once before anybody twice.
                random.Shuffle(hosts);
                next = new Queue<LabHost>(hosts);
            }

            var host = next.Dequeue();
            var faults = host.Kind switch { LabHostKind.Cloud => AtCloud, LabHostKind.Firewall => AtFirewalls, _ => AtHops };
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

    private static ScenarioStep ReadStep(SettingsMapping step, SettingKind<string> fault, SettingKind<string> host)
    {
        var name = step.Required("fault", fault);
        // A value is of its fault: it says what is expected of it.
        var value = Kind("a value for the fault", text =>
        {
            if (name is not null)
            {
                LabFault.Find(name).Check(text);
            }

            return text;
        });
        return new ScenarioStep(
            step.Required("at", Setting.Duration(TimeSpan.Zero, TimeSpan.FromDays(1))),
            name ?? "",
            step.Required("host", host) ?? "",
            step.Required("for", Setting.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1))),
            step.Optional("value", value));
    }

    // A text that the lab itself reads; its complaint is what was found wrong.
    private static SettingKind<string> Kind(string expected, Func<string, string> read) => new(expected, (string text, string _, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string value, out string? found) =>
    {
        (value, found) = (text, null);
        try
        {
            value = read(text);
            return true;
        }
        catch (LabException e)
        {
            var complaint = e.Message.IndexOf(';', StringComparison.Ordinal) is > 0 and var end ? e.Message[..end] : e.Message;
            found = $"'{text}' ({complaint.TrimEnd('.')})";
            return false;
        }
    });

    private static TimeSpan Between(Random random, double least, double most, TimeSpan of) => of * (least + (random.NextDouble() * (most - least)));
}
