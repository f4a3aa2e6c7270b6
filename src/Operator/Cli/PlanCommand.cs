using System.CommandLine;
using System.Globalization;
using Culvert.Planning;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary><c>culvert plan FILE</c>: the method with its reasons, and every team's part, written to a folder when one is given.</summary>
internal static class PlanCommand
{
    public static Command Create(Output output)
    {
        var file = new Argument<string>("FILE") { Description = "The site file (YAML)." };
        var folder = new Option<string?>("--output", "-o") { Description = "Write what each team needs into this folder, and say what changed since the last time.", HelpName = "DIR" };
        var plan = new Command("plan", "Chooses the connection method and derives firewall rules and proxy configurations from a site file.") { file, folder };
        plan.SetAction(parsed => Plan(parsed.GetRequiredValue(file), parsed.GetValue(folder), output));
        return plan;
    }

    private static int Plan(string path, string? folder, Output output)
    {
        if (SiteCommand.Read(path, output) is not { } site)
        {
            return ExitCode.BadFile;
        }

        var plan = SitePlan.Create(site);
        ShowAdvice(site, plan.Advice, output);
        ShowFlows(plan.Flows, output);
        if (folder is null)
        {
            output.Line();
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{plan.Files.Count} files for the teams can be written: culvert plan {path} --output DIR"));
            return ExitCode.Fine;
        }

        var target = new PlanFolder(folder);
        if (target.Complaint() is { } complaint)
        {
            output.Complain(complaint);
            return ExitCode.Usage;
        }

        ShowChanges(folder, target.Replace(plan.Files), output);
        return ExitCode.Fine;
    }

    private static void ShowAdvice(SiteFile site, MethodAdvice advice, Output output)
    {
        output.Marked($"[bold]{Markup.Escape(site.DisplayName)}[/]: the method that fits is [bold]{Word(advice.Method)}[/]{(advice.Interconnect is { } i ? $", joined by [bold]{Word(i)}[/]" : "")}");
        foreach (var reason in advice.Reasons)
        {
            output.Line($"  + {reason}");
        }

        foreach (var other in advice.Alternatives)
        {
            output.Line($"  - {Word(other.Method)}: {other.Against}");
        }

        foreach (var sensor in site.Sensors.Where(s => s.Method is { } m && m != advice.Method))
        {
            output.Marked($"[yellow]  ! {Markup.Escape(sensor.Name.ToString())} is written to use {Word(sensor.Method!.Value)}.[/]");
        }
    }

    private static void ShowFlows(IReadOnlyList<PlannedFlow> flows, Output output)
    {
        output.Line();
        var table = new Table().Border(TableBorder.Simple).AddColumns("from", "zone", "to", "zone", "port", "reason");
        foreach (var f in flows)
        {
            var port = f.Port == 0 ? Word(f.Protocol) : string.Create(CultureInfo.InvariantCulture, $"{Word(f.Protocol)}/{f.Port}");
            table.AddRow(((string[])[f.From, f.FromZone, f.To, f.ToZone, port, f.Reason]).Select(Markup.Escape).ToArray());
        }

        output.Console.Write(table);
    }

    private static void ShowChanges(string folder, IReadOnlyList<PlanChange> changes, Output output)
    {
        output.Line();
        output.Line(changes.Count == 0 ? $"{folder}: nothing has changed since the last time." : $"{folder}:");
        foreach (var change in changes)
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"  {Word(change.Kind),-8} {change.Path} (+{change.LinesAdded} -{change.LinesRemoved})"));
        }
    }

    private static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
