using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Culvert.Checking;
using Culvert.Tunnels;

namespace Culvert.Cli;

/// <summary><c>culvert check</c>: every cloud endpoint by every route, hop by hop, with cause and remedy.</summary>
internal static class CheckCommand
{
    public static Command Create(Output output, TimeProvider clock)
    {
        var site = new Option<string?>("--site") { Description = "The site file: routes, proxies and endpoints as planned.", HelpName = "FILE" };
        var sensor = new Option<string?>("--sensor") { Description = "The sensor of the site file to check for.", HelpName = "NAME" };
        var settings = new Option<string?>("--settings") { Description = "The sensor's settings file: routes as installed.", HelpName = "FILE" };
        var endpoints = new Option<string?>("--endpoints") { Description = "A list of cloud endpoints (JSON).", HelpName = "FILE" };
        var activation = new Option<string?>("--activation") { Description = "The sensor's activation file: endpoints and trust. It is only read; its token stays unused.", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "The data folder of an activated sensor: endpoints, trust and identity.", HelpName = "DIR" };
        var ca = new Option<string?>("--ca") { Description = "CA certificates of the cloud (PEM), where no activation file tells them; by default the operating system's.", HelpName = "FILE" };
        var routes = new Option<string[]>("--route") { Description = "Only this route; may be repeated.", HelpName = "NAME" };
        var idle = new Option<TimeSpan?>("--idle") { Description = "Also find out how much silence each way bears, up to this; takes that long.", HelpName = "5m", CustomParser = Duration };
        var gentle = new Option<bool>("--no-open-door-test") { Description = "Do not ask the proxies for a host and a port that are not on the list." };
        var watch = new Option<TimeSpan?>("--watch") { Description = "Repeat until Ctrl-C, every 30s or as given, and show what changes.", HelpName = "30s", Arity = ArgumentArity.ZeroOrOne, CustomParser = Duration };
        var bundle = new Option<string?>("--bundle") { Description = "Also write a ZIP with the report and this machine's network set-up, without secrets, for whoever helps.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON (one line each with --watch)." };
        var strict = new Option<bool>("--strict") { Description = "Exit with 1 for warnings too." };
        var schema = new Option<bool>("--schema") { Description = "Print the JSON schema of the report." };
        var command = new Command("check", "Proves every way from this machine to every cloud endpoint, hop by hop; names the broken hop, the cause, and who must do what.")
        {
            site, sensor, settings, endpoints, activation, data, ca, routes, idle, gentle, watch, bundle, json, strict, schema,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(schema))
            {
                output.Console.Profile.Out.Writer.WriteLine(CheckJson.Schema().ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
                return ExitCode.Fine;
            }

            var inputs = new CheckInputs
            {
                Site = parsed.GetValue(site),
                Sensor = parsed.GetValue(sensor),
                Settings = parsed.GetValue(settings),
                Endpoints = parsed.GetValue(endpoints),
                Activation = parsed.GetValue(activation),
                Data = parsed.GetValue(data),
                CaFile = parsed.GetValue(ca),
                Routes = parsed.GetValue(routes) ?? [],
            };
            var options = new CheckRunOptions
            {
                Json = parsed.GetValue(json),
                Strict = parsed.GetValue(strict),
                LeastPrivilege = !parsed.GetValue(gentle),
                IdleUpTo = parsed.GetValue(idle),
                WatchEvery = parsed.GetResult(watch) is { Implicit: false } ? parsed.GetValue(watch) ?? TimeSpan.FromSeconds(30) : null,
                Bundle = parsed.GetValue(bundle),
            };
            return await RunAsync(inputs, options, output, clock, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(CheckInputs inputs, CheckRunOptions options, Output output, TimeProvider clock, CancellationToken cancellationToken)
    {
        CheckSubject subject;
        try
        {
            subject = CheckSubjectReader.Read(inputs);
        }
        catch (CheckException e)
        {
            foreach (var detail in e.Details)
            {
                output.Explain(detail);
            }

            output.Complain(e.Message);
            return e.Status;
        }

        var dialing = new TunnelDialerOptions { Hosts = subject.Hosts };
        var checker = new Checker(new TunnelDialer(dialing, clock), clock);
        var view = new CheckView(output, subject, options);
        var first = true;
        while (true)
        {
            var how = new CheckOptions
            {
                // Proxies log refusals, and some take a parent for dead after a few: asked once, not at every round.
                LeastPrivilege = options.LeastPrivilege && first,
                IdleUpTo = first ? options.IdleUpTo : null,
            };
            var report = await view.WhileRunningAsync(progress => checker.RunAsync(subject.Request, how, progress, cancellationToken));
            view.Show(report);
            if (options.Bundle is { } bundle && first)
            {
                try
                {
                    CheckBundle.Write(bundle, report, subject, view.AsText(report));
                    view.Say($"written: {bundle}");
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    output.Complain($"{bundle} cannot be written: {e.Message}");
                    return ExitCode.Machine;
                }
            }

            if (options.WatchEvery is not { } every)
            {
                return StatusOf(report, options.Strict);
            }

            first = false;
            await Task.Delay(every, clock, cancellationToken);
        }
    }

    /// <summary>The exit status of a result; see docs/operations/check.md.</summary>
    internal static int StatusOf(CheckReport report, bool strict) => report.Outcome switch
    {
        CheckOutcome.Passed => ExitCode.Fine,
        CheckOutcome.PassedWithWarnings => strict ? ExitCode.Found : ExitCode.Fine,
        CheckOutcome.Impaired => ExitCode.Found,
        _ => ExitCode.NoWay,
    };

    private static TimeSpan? Duration(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
        {
            return null;
        }

        var text = result.Tokens[0].Value;
        var unit = text.Length == 0 ? ' ' : text[^1];
        if (int.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 86_400
            && unit switch { 's' => TimeSpan.FromSeconds(count), 'm' => TimeSpan.FromMinutes(count), 'h' => TimeSpan.FromHours(count), _ => (TimeSpan?)null } is { } time
            && time <= TimeSpan.FromDays(1))
        {
            return time;
        }

        result.AddError($"'{text}' is not a time; expected one such as 30s, 5m or 1h, at most a day.");
        return null;
    }
}
