using System.CommandLine;
using System.Globalization;
using Culvert.Lab;

namespace Culvert.Cli;

/// <summary><c>culvert lab</c>: the site file as running network namespaces.</summary>
internal static class LabCommand
{
    public static Command Create(Output output, TimeProvider clock)
    {
        var control = Control(clock);
        var lab = new Command("lab", "Builds a site out of network namespaces, with real firewalls, proxies and sensors, and proves that its ways to the cloud work.")
        {
            LabUpCommand.Create(control, output),
            Status(control, output),
            LabScaleCommand.Scale(control, output),
            LabScaleCommand.Autoscale(control, output),
            LabScaleCommand.Load(control, output),
            LabTestCommand.Create(control, output),
            LabTestCommand.Sweep(control, output),
            LabTestCommand.Verify(output),
            LabWhatIfCommand.Create(control, output),
            LabExecCommand.Create(control, output),
            Down(control, output),
            Needs(output),
            Keep(output, clock),
        };
        foreach (var fault in LabFaultCommand.Create(control, output))
        {
            lab.Add(fault);
        }

        return lab;
    }

    /// <summary>The option that names a lab where several run.</summary>
    public static Option<string?> Name() => new("--name") { Description = "Which lab, where several run.", HelpName = "NAME" };

    /// <summary>Runs a part of the command, and says what a lab cannot do.</summary>
    /// <param name="output">Where it is said.</param>
    /// <param name="run">The part.</param>
    /// <param name="siteFile">The site file that it is about: what cannot be played is named with its line.</param>
    public static async Task<int> TryAsync(Output output, Func<Task<int>> run, string? siteFile = null)
    {
        try
        {
            return await run();
        }
        catch (LabException e)
        {
            output.Complain(siteFile is not null && e is { Section: { } section, PartName: { } part } && SiteLines.Find(siteFile, section, part) is { } line ? $"{siteFile}:{line}: {e.Message}" : e.Message);
            return ExitCode.Failed;
        }
    }

    private static LabControl Control(TimeProvider clock) => new(LabFolder.DefaultLabs(), [.. Ourselves(), "lab", "keep"], clock);

    // As a program of its own, or as `dotnet culvert.dll`.
    private static string[] Ourselves() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "culvert.dll")] : [Environment.ProcessPath!];

    private static Command Status(LabControl control, Output output)
    {
        var name = Name();
        var json = new Option<bool>("--json") { Description = "For machines." };
        var command = new Command("status", "Says which labs run and how they do.") { name, json };
        command.SetAction((parsed, cancellation) => TryAsync(output, async () =>
        {
            var running = parsed.GetValue(name) is { } one ? [control.Find(one)] : control.Running();
            if (running.Count == 0)
            {
                output.Line("No lab runs.");
            }

            foreach (var folder in running)
            {
                var status = await control.StatusAsync(folder.Name, cancellation);
                if (parsed.GetValue(json))
                {
                    output.Line(System.Text.Json.JsonSerializer.Serialize(status, KeeperReply.Json));
                    continue;
                }

                LabStatusView.Show(status, output);
            }

            return ExitCode.Fine;
        }));
        return command;
    }

    /// <summary>Asks a lab's keeper, shows what it says, and gives its status.</summary>
    public static async Task<int> AskAsync(
        LabControl control, string? lab, string command, System.Text.Json.Nodes.JsonObject? arguments, Output output, CancellationToken cancellation)
    {
        var reply = await control.AskAsync(lab, command, arguments, output.Line, cancellation);
        return reply.Status ?? ExitCode.Failed;
    }

    private static Command Down(LabControl control, Output output)
    {
        var name = new Argument<string?>("NAME") { Description = "The lab; all that run when none is named.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("down", "Ends labs and removes all that they had.") { name };
        command.SetAction((parsed, cancellation) => TryAsync(output, async () =>
        {
            foreach (var cleaned in await control.CleanAsync(cancellation))
            {
                output.Line($"cleaned what lab {cleaned} had left behind");
            }

            IReadOnlyList<string> names = parsed.GetValue(name) is { } one ? [one] : [.. control.Running().Select(f => f.Name)];
            foreach (var lab in names)
            {
                output.Line(await control.DownAsync(lab, cancellation) ? $"lab {lab} is down" : $"no lab {lab} runs");
            }

            return ExitCode.Fine;
        }));
        return command;
    }

    private static Command Needs(Output output)
    {
        var command = new Command("needs", "Says what this machine lacks of what labs need, and what still works.");
        command.SetAction((_, cancellation) => TryAsync(output, async () =>
        {
            var machine = await Machine.ExamineAsync(cancellation);
            ShowMissing(machine, output);
            output.Line(machine.CanRun
                ? string.Create(CultureInfo.InvariantCulture, $"labs can be built here, {(Environment.IsPrivilegedProcess ? "as root" : "without root")}: {machine.Findings.Count(f => f.Works)} of {machine.Findings.Count} things work")
                : "labs cannot be built here");
            return machine.CanRun ? ExitCode.Fine : ExitCode.Machine;
        }));
        return command;
    }

    /// <summary>Says what is missing, what is needed first.</summary>
    public static void ShowMissing(Machine machine, Output output)
    {
        foreach (var missing in machine.Missing.OrderByDescending(f => f.Required))
        {
            output.Line($"{(missing.Required ? "needed" : "missing")}: {missing.Lost}");
        }
    }

    private static Command Keep(Output output, TimeProvider clock)
    {
        var folder = new Argument<string>("DIR");
        var command = new Command("keep", "Runs inside a lab.") { folder };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => TryAsync(output, () => Keeper.RunAsync(parsed.GetRequiredValue(folder), clock, cancellation)));
        return command;
    }
}
