using System.CommandLine;
using System.Text.Json;
using Culvert.Lab;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary><c>culvert lab what-if SITE [THING]</c>.</summary>
internal static class LabWhatIfCommand
{
    public static Command Create(LabControl control, Output output)
    {
        var name = LabCommand.Name();
        var attempt = new Option<bool>("--try") { Description = "Do it in the lab that runs, one thing after the other, and compare with the calculation; SITE is not needed then." };
        var site = new Argument<string?>("SITE") { Description = "The site file (YAML).", Arity = ArgumentArity.ZeroOrOne };
        var thing = new Option<string?>("--without") { Description = "proxy NAME, certificate NAME or rule FIREWALL/NUMBER; everything in turn when it is left out.", HelpName = "THING" };
        var json = new Option<bool>("--json") { Description = "For machines." };
        var command = new Command("what-if", "Takes away a proxy, a certificate or a rule and lists which sensors lose which route; needs no running lab but with --try.") { site, thing, attempt, json, name };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, () =>
        {
            if (parsed.GetValue(attempt))
            {
                var things = new System.Text.Json.Nodes.JsonArray([.. parsed.GetValue(thing) is { } what ? [what] : (System.Text.Json.Nodes.JsonNode[])[]]);
                return LabCommand.AskAsync(control, parsed.GetValue(name), "what-if", new() { ["things"] = things }, output, cancellation);
            }

            if (parsed.GetValue(site) is not { } path)
            {
                output.Complain("Which site? Give its file, or --try to try it in the lab that runs.");
                return Task.FromResult(ExitCode.Usage);
            }

            if (SiteCommand.Read(path, output) is not { } read)
            {
                return Task.FromResult(ExitCode.BadFile);
            }

            var losses = parsed.GetValue(thing) is { } one ? [WhatIf.Without(read, one)] : WhatIf.Everything(read);
            if (parsed.GetValue(json))
            {
                output.Line(JsonSerializer.Serialize(losses, KeeperReply.Json));
            }
            else
            {
                Show(losses, output);
            }

            return Task.FromResult(losses.Any(l => l.CutsOff) ? ExitCode.Found : ExitCode.Fine);
        }));
        return command;
    }

    private static void Show(IReadOnlyList<WhatIfLoss> losses, Output output)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("without", "what it is", "sensor", "loses", "still has");
        foreach (var loss in losses)
        {
            if (loss.Lost.Count == 0)
            {
                table.AddRow(Markup.Escape(loss.Thing), Markup.Escape(loss.Description), "", "nothing", "");
            }

            foreach (var lost in loss.Lost)
            {
                table.AddRow(Markup.Escape(loss.Thing), Markup.Escape(loss.Description), Markup.Escape(lost.Sensor), Markup.Escape(string.Join(", ", lost.Lost)),
                    lost.Left.Count == 0 ? "[red]no way at all[/]" : Markup.Escape(string.Join(", ", lost.Left)));
            }
        }

        output.Console.Write(table);
    }
}
