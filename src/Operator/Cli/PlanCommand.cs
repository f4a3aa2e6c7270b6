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
        var file = new Argument<string>("FILE") { Description = "The site file (YAML); with --ask, where it is written." };
        var folder = new Option<string?>("--output", "-o") { Description = "Write what each team needs into this folder, and say what changed since the last time.", HelpName = "DIR" };
        var ask = new Option<bool>("--ask") { Description = "Ask the questions, draft the site file from the answers, then plan it. Answers may come line by line from a pipe." };
        var plan = new Command("plan", "Chooses the connection method and derives firewall rules, proxy, sensor and cloud configurations from a site file.") { file, folder, ask };
        plan.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(file);
            var asked = parsed.GetValue(ask) ? Ask(path, output) : ExitCode.Fine;
            return asked == ExitCode.Fine ? Plan(path, parsed.GetValue(folder), output) : asked;
        });
        plan.Add(LintCommand.Create(output));
        return plan;
    }

    private static int Ask(string path, Output output)
    {
        if (File.Exists(path))
        {
            output.Complain($"{path} is there already; give --ask the name of a new file.");
            return ExitCode.Usage;
        }

        try
        {
            var site = new SiteInterview(Questioner.Standard(output), output).Run();
            File.WriteAllText(path, SiteFileWriter.Write(site, "Drafted by 'culvert plan --ask': a start that is valid. Put the plant's own zones, addresses and names in.\nCheck it with: culvert site check " + Path.GetFileName(path)));
            output.Line($"{path} is written.");
            return ExitCode.Fine;
        }
        catch (QuestionException e)
        {
            output.Complain(e.Message + ".");
            return ExitCode.Usage;
        }
    }

    private static int Plan(string path, string? folder, Output output)
    {
        if (SiteCommand.Read(path, output) is not { } site)
        {
            return ExitCode.BadFile;
        }

        var plan = SitePlan.Create(site);
        output.Marked($"[bold]{Markup.Escape(site.DisplayName)}[/]");
        PlanReport.ShowAdvice(plan.Advice, output);
        foreach (var sensor in site.Sensors.Where(s => s.Method is { } m && m != plan.Advice.Method))
        {
            output.Marked($"[yellow]  ! {Markup.Escape(sensor.Name.ToString())} is written to use {PlanReport.Word(sensor.Method!.Value)}.[/]");
        }

        PlanReport.ShowFlows(plan.Flows, output);
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

        PlanReport.ShowChanges(folder, target.Replace(plan.Files), output);
        return ExitCode.Fine;
    }
}
