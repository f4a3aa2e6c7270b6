using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Culvert.Cli;

/// <summary><c>culvert proxy-suite</c>: how well a CONNECT proxy, any one, bears misbehaving parents, destinations and clients.</summary>
internal static class ProxySuiteCommand
{
    public static Command Create(Output output, TimeProvider clock)
    {
        var start = new Option<SuiteProxyKind?>("--start") { Description = "Start this proxy with settings of the suite's own and try everything.", HelpName = "culvert|squid|tinyproxy|haproxy" };
        var startCommand = new Option<string?>("--start-command") { Description = "Start any proxy by this command, without a shell; {config}, {folder} and {port} are replaced.", HelpName = "COMMAND" };
        var template = new Option<string?>("--config-template") { Description = "The settings for --start-command: lines with {host} and {hostPort} come once for each destination to allow, with {parentHost} and {parentPort} once for each parent.", HelpName = "FILE" };
        var address = new Option<string?>("--address") { Description = "Try a proxy that runs already; it must allow the destinations that are printed first.", HelpName = "HOST:PORT" };
        var group = new Option<string[]>("--group") { Description = $"Try this group of cases only; may be given more than once: {string.Join(", ", SuiteRunner.Groups)}.", HelpName = "GROUP" };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command("proxy-suite", "Tries a CONNECT proxy with misbehaving parents, destinations and clients, and tells which cases it bears.") { start, startCommand, template, address, group, json };
        command.Validators.Add(result =>
        {
            var given = (result.GetResult(start) is null ? 0 : 1) + (result.GetValue(address) is null ? 0 : 1) + (string.IsNullOrWhiteSpace(result.GetValue(startCommand)) ? 0 : 1);
            if (given != 1)
            {
                result.AddError("Give one of --start, --start-command or --address.");
            }

            if (result.GetValue(template) is not null == (result.GetValue(startCommand)?.Contains("{config}", StringComparison.Ordinal) != true))
            {
                result.AddError("--config-template and {config} in --start-command belong together.");
            }

            foreach (var unknown in (result.GetValue(group) ?? []).Except(SuiteRunner.Groups))
            {
                result.AddError($"--group: '{unknown}' is none of {string.Join(", ", SuiteRunner.Groups)}.");
            }

            if (result.GetValue(address) is { } text && !HostPort.TryParse(text, out _))
            {
                result.AddError($"--address: '{text}' is not HOST:PORT.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var runner = new SuiteRunner(clock, parsed.GetValue(group));
            SuiteReport report;
            if (parsed.GetValue(start) is { } kind)
            {
                if (SuiteProxy.Find(kind) is null)
                {
                    output.Complain($"{CheckWords.Of(kind)} is not on this machine.");
                    return ExitCode.Machine;
                }

                report = await runner.RunAsync(kind, cancellationToken);
            }
            else if (parsed.GetValue(startCommand) is { } line)
            {
                var file = parsed.GetValue(template);
                if (file is not null && !File.Exists(file))
                {
                    output.Complain($"{file} does not exist.");
                    return ExitCode.BadFile;
                }

                report = await runner.RunAsync(new SuiteStart(line, file is null ? null : await File.ReadAllTextAsync(file, cancellationToken)), cancellationToken);
            }
            else
            {
                await using var destinations = new SuiteDestinations();
                output.Explain("The proxy must allow, and nothing else of 127.0.0.1:");
                foreach (var destination in destinations.Listed)
                {
                    output.Explain($"  {destination}");
                }

                report = await runner.RunAsync(HostPort.Parse(parsed.GetValue(address)!), destinations, cancellationToken);
            }

            if (parsed.GetValue(json))
            {
                output.Console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(report, SuiteJson.Default.SuiteReport));
            }
            else
            {
                Show(report, output);
            }

            return report.Count(SuiteVerdict.Failed) > 0 ? ExitCode.Found : ExitCode.Fine;
        });
        return command;
    }

    private static void Show(SuiteReport report, Output output)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "about", "the proxy", "expected", "seen", "ms");
        foreach (var one in report.Cases)
        {
            var mark = one.Verdict switch { SuiteVerdict.Passed => "[green]✓[/]", SuiteVerdict.Failed => "[red]✗[/]", _ => "[grey]–[/]" };
            table.AddRow(mark, one.Group, Markup.Escape(one.Name), $"[grey]{Markup.Escape(one.Expected)}[/]", Markup.Escape(one.Seen), one.Milliseconds.ToString("0", CultureInfo.InvariantCulture));
        }

        output.Console.Write(table);
        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Proxy}: {report.Count(SuiteVerdict.Passed)} passed, {report.Count(SuiteVerdict.Failed)} failed, {report.Count(SuiteVerdict.NotApplicable)} not applicable."));
    }
}
