using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Culvert.Lab;

namespace Culvert.Cli;

/// <summary><c>culvert lab fault</c>, <c>mend</c>, <c>fault-table</c> and <c>scenario</c>.</summary>
internal static class LabFaultCommand
{
    public static IEnumerable<Command> Create(LabControl control, Output output) => [Fault(control, output), Mend(control, output), Table(control, output), Scenario(control, output)];

    private static Command Fault(LabControl control, Output output)
    {
        var lab = LabCommand.Name();
        var fault = new Argument<string>("FAULT") { Description = $"One of: {string.Join(", ", LabFault.All.Select(f => f.Name))}" };
        var at = new Argument<string>("at") { Description = "The word 'at'." };
        var host = new Argument<string>("HOP") { Description = "The proxy, member, resolver, sensor or cloud host." };
        at.AcceptOnlyFromAmong("at");
        var command = new Command("fault", "Makes a fault at a hop, until it is mended.") { fault, at, host, lab };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, () => LabCommand.AskAsync(
            control, parsed.GetValue(lab), "fault", new() { ["fault"] = parsed.GetRequiredValue(fault), ["host"] = parsed.GetRequiredValue(host) }, output, cancellation)));
        return command;
    }

    private static Command Mend(LabControl control, Output output)
    {
        var lab = LabCommand.Name();
        var fault = new Argument<string?>("FAULT") { Description = "The fault; all that are in force when none is named.", Arity = ArgumentArity.ZeroOrOne };
        var host = new Option<string?>("--at") { Description = "Only at this hop.", HelpName = "HOP" };
        var command = new Command("mend", "Mends faults.") { fault, host, lab };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, () => LabCommand.AskAsync(
            control, parsed.GetValue(lab), "mend", new() { ["fault"] = parsed.GetValue(fault), ["host"] = parsed.GetValue(host) }, output, cancellation)));
        return command;
    }

    private static Command Table(LabControl control, Output output)
    {
        var lab = LabCommand.Name();
        var faults = new Argument<string[]>("FAULT") { Description = "Only these faults.", Arity = ArgumentArity.ZeroOrMore };
        var file = new Option<string?>("--output", "-o") { Description = "Also write the table (Markdown) into this file.", HelpName = "FILE" };
        var command = new Command("fault-table", "Makes every fault at every hop, one at a time, and compares what culvert check names with what it is.") { faults, file, lab };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, async () =>
        {
            var names = new System.Text.Json.Nodes.JsonArray([.. (parsed.GetValue(faults) ?? []).Select(f => (System.Text.Json.Nodes.JsonNode)f)]);
            var reply = await control.AskAsync(parsed.GetValue(lab), "fault-table", new() { ["faults"] = names }, output.Line, cancellation);
            var rows = reply.Result.Deserialize<FaultRow[]>(KeeperReply.Json) ?? [];
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{rows.Count(r => r.AsExpected)} of {rows.Length} named with the right hop and cause"));
            if (parsed.GetValue(file) is { } path)
            {
                await File.WriteAllTextAsync(path, FaultRow.Markdown(rows), cancellation);
            }

            return reply.Status ?? ExitCode.Failed;
        }));
        return command;
    }

    private static Command Scenario(LabControl control, Output output)
    {
        var lab = LabCommand.Name();
        var file = new Argument<string?>("FILE") { Description = "A scenario (YAML): steps: [{ at: 10s, fault: kill, host: plant-proxy, for: 20s }]", Arity = ArgumentArity.ZeroOrOne };
        var seed = new Option<int?>("--random") { Description = "Throw dice with this seed instead of reading a file.", HelpName = "SEED" };
        var over = new Option<double>("--over") { Description = "How many minutes a random scenario takes.", HelpName = "MINUTES", DefaultValueFactory = _ => 60 };
        var compress = new Option<double>("--compress") { Description = "How many times faster it is played.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var capture = new Option<string?>("--capture") { Description = "What the sensors replay; the plant's capture by default.", HelpName = "FILE" };
        var command = new Command("scenario", "Plays a timed list of faults while the sensors replay, and proves that no record is lost or doubled.") { file, seed, over, compress, capture, lab };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, () => LabCommand.AskAsync(
            control, parsed.GetValue(lab), "scenario", new()
            {
                ["file"] = parsed.GetValue(file) is { } path ? Path.GetFullPath(path) : null,
                ["seed"] = parsed.GetValue(seed),
                ["minutes"] = parsed.GetValue(over),
                ["compress"] = parsed.GetValue(compress),
                ["capture"] = parsed.GetValue(capture) is { } given ? Path.GetFullPath(given) : LabTestCommand.PlantCapture(),
            },
            output, cancellation)));
        return command;
    }
}
