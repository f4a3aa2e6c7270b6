using System.CommandLine;
using System.Text.RegularExpressions;
using Culvert.Lab;

namespace Culvert.Cli;

/// <summary><c>culvert lab up SITE</c>.</summary>
internal static partial class LabUpCommand
{
    public static Command Create(LabControl control, Output output)
    {
        var site = new Argument<string>("SITE") { Description = "The site file (YAML)." };
        var name = new Option<string?>("--name") { Description = "The lab's name; the site's by default.", HelpName = "NAME" };
        var networkOnly = new Option<bool>("--network-only") { Description = "Hosts, firewalls, resolvers and time servers; no proxies, portal or sensors." };
        var noSensors = new Option<bool>("--no-sensors") { Description = "Start no sensors; lab test starts them by itself." };
        var capture = new Option<string?>("--capture") { Description = "What the sensors replay.", HelpName = "FILE" };
        var speed = new Option<double>("--speed") { Description = "How many times faster than it was recorded; 0 means as fast as possible.", DefaultValueFactory = _ => 10 };
        var clocks = new Option<string[]>("--clock") { Description = "A host whose clock is off, as sensor-1=+2h; repeat for more.", HelpName = "HOST=OFFSET" };
        var command = new Command("up", "Builds the site and starts what runs in it.") { site, name, networkOnly, noSensors, capture, speed, clocks };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, async () =>
        {
            var path = parsed.GetRequiredValue(site);
            if (SiteCommand.Read(path, output) is not { } read)
            {
                return ExitCode.BadFile;
            }

            var offsets = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var text in parsed.GetValue(clocks) ?? [])
            {
                if (ClockForm().Match(text) is not { Success: true } match)
                {
                    output.Complain($"--clock {text}: expected HOST=OFFSET with an offset as +2h, -90s or +30d.");
                    return ExitCode.Usage;
                }

                offsets[match.Groups[1].Value] = match.Groups[2].Value;
            }

            // Before anything is built: what this site asks for that the lab cannot play, and hosts that it has not.
            var network = NetworkBuilder.Build(read);
            if (offsets.Keys.FirstOrDefault(h => network.Hosts.All(x => x.Name != h)) is { } unknown)
            {
                output.Complain($"--clock {unknown}: the lab has no such host; its hosts: {string.Join(", ", network.Hosts.Select(h => h.Name))}");
                return ExitCode.Usage;
            }

            var machine = await Machine.ExamineAsync(cancellation);
            if (!machine.CanRun)
            {
                LabCommand.ShowMissing(machine, output);
                output.Complain("Labs cannot be built on this machine. What needs no lab still works: culvert plan, culvert lab what-if, culvert check.");
                return ExitCode.Machine;
            }

            var finder = new ProgramFinder(AppContext.BaseDirectory);
            var options = new LabOptions
            {
                Name = parsed.GetValue(name) ?? read.Name,
                NetworkOnly = parsed.GetValue(networkOnly),
                Sensors = !parsed.GetValue(noSensors),
                Capture = parsed.GetValue(capture) is { } file ? Path.GetFullPath(file) : null,
                Speed = parsed.GetValue(speed),
                Clocks = offsets,
                Programs = ((string[])["culvert-portal", "culvert-proxy", "culvert-sensor"]).Select(p => (p, Path: finder.Find(p))).Where(p => p.Path is not null)
                    .Append((p: "culvert", Path: Environment.ProcessPath)).ToDictionary(p => p.p, p => p.Path!),
            };
            await control.UpAsync(options, path, output.Line, cancellation);
            output.Line($"lab {options.Name} is up. Next: culvert lab status, culvert lab test; at the end: culvert lab down");
            return ExitCode.Fine;
        }, parsed.GetRequiredValue(site)));
        return command;
    }

    [GeneratedRegex(@"^([A-Za-z0-9._-]+)=([+-][0-9]+(?:\.[0-9]+)?[smhdy]?)$")]
    private static partial Regex ClockForm();
}
