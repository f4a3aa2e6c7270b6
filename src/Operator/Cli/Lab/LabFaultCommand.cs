using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Culvert.Lab;

namespace Culvert.Cli;

/// <summary><c>culvert lab fault</c>, <c>mend</c>, <c>check</c>, <c>fault-table</c> and <c>scenario</c>.</summary>
internal static class LabFaultCommand
{
    public static IEnumerable<Command> Create(LabControl control, Output output) =>
        [Fault(control, output), Mend(control, output), Check(control, output), Table(control, output), Scenario(control, output)];

    private static Command Fault(LabControl control, Output output)
    {
        var lab = LabCommand.Name();
        var words = new Argument<string[]>("FAULT") { Description = "FAULT at HOP, or FAULT[=VALUE]@HOP for one or more at once. HOP is a proxy, pool, member, firewall, resolver, sensor or cloud host, or an edge FROM..TO.", Arity = ArgumentArity.ZeroOrMore };
        var value = new Option<string?>("--value") { Description = "How much: 300ms, 64kbit, 5%, 600B, +2h; see --list.", HelpName = "VALUE" };
        var list = new Option<bool>("--list") { Description = "Say what each fault does, where it can be made, and what it needs." };
        var command = new Command("fault", "Makes faults, until they are mended.") { words, value, list, lab };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, async () =>
        {
            if (parsed.GetValue(list))
            {
                LabFaultList.Show(output);
                return ExitCode.Fine;
            }

            var given = parsed.GetValue(words) ?? [];
            if (Orders(given, parsed.GetValue(value)) is not { Count: > 0 } orders)
            {
                output.Complain("Expected: culvert lab fault FAULT at HOP [--value VALUE], or culvert lab fault FAULT[=VALUE]@HOP ... What there is: culvert lab fault --list");
                return ExitCode.Usage;
            }

            return await LabCommand.AskAsync(
                control, parsed.GetValue(lab), "fault", new() { ["orders"] = new System.Text.Json.Nodes.JsonArray([.. orders.Select(o => (System.Text.Json.Nodes.JsonNode)o.ToString())]) }, output, cancellation);
        }));
        return command;
    }

    // Read here, so that a wrong word is told without a lab too.
    private static List<FaultOrder>? Orders(string[] given, string? value)
    {
        if (given is [var name, "at", var host])
        {
            var fault = LabFault.Find(name);
            fault.Check(value);
            return [new FaultOrder(fault, host, value)];
        }

        return value is not null || given.Any(g => !g.Contains('@', StringComparison.Ordinal)) ? null : [.. given.SelectMany(FaultOrder.ReadAll)];
    }

    private static Command Check(LabControl control, Output output)
    {
        var lab = LabCommand.Name();
        var sensor = new Option<string?>("--sensor") { Description = "On which sensor's host; the first by default.", HelpName = "NAME" };
        var more = new Argument<string[]>("OPTION") { Description = "After --: options for culvert check, as --json, --idle 30s, --route NAME.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("check", "Runs culvert check on a sensor's host.") { sensor, more, lab };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, () => LabCommand.AskAsync(
            control, parsed.GetValue(lab), "check", new()
            {
                ["sensor"] = parsed.GetValue(sensor),
                ["more"] = new System.Text.Json.Nodes.JsonArray([.. (parsed.GetValue(more) ?? []).Select(o => (System.Text.Json.Nodes.JsonNode)o)]),
            },
            output, cancellation)));
        return command;
    }

    private static Command Mend(LabControl control, Output output)
    {
        var lab = LabCommand.Name();
        var fault = new Argument<string?>("FAULT") { Description = "The fault, or FAULT@HOP; all that are in force when none is named.", Arity = ArgumentArity.ZeroOrOne };
        var host = new Option<string?>("--at") { Description = "Only at this hop.", HelpName = "HOP" };
        var command = new Command("mend", "Mends faults.") { fault, host, lab };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, () =>
        {
            var (name, at) = parsed.GetValue(fault)?.Split('@', 2) is [var before, var after] ? (before, after) : (parsed.GetValue(fault), parsed.GetValue(host));
            if (name is not null)
            {
                LabFault.Find(name);
            }

            return LabCommand.AskAsync(control, parsed.GetValue(lab), "mend", new() { ["fault"] = name, ["host"] = at }, output, cancellation);
        }));
        return command;
    }

    private static Command Table(LabControl control, Output output)
    {
        var lab = LabCommand.Name();
        var faults = new Argument<string[]>("FAULT") { Description = "Only these: a fault at every hop, or FAULT[=VALUE]@HOP[,FAULT@HOP ...] for one row with all of these at once.", Arity = ArgumentArity.ZeroOrMore };
        var pairs = new Option<int>("--pairs") { Description = "Besides, so many pairs of faults at two places.", HelpName = "N" };
        var seed = new Option<int>("--seed") { Description = "Which pairs.", HelpName = "SEED", DefaultValueFactory = _ => 1 };
        var file = new Option<string?>("--output", "-o") { Description = "Also write the table (Markdown) into this file.", HelpName = "FILE" };
        var command = new Command("fault-table", "Makes every fault at every hop, one at a time, and compares what culvert check names with what it is.") { faults, pairs, seed, file, lab };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, async () =>
        {
            var options = new FaultTableOptions { Rows = parsed.GetValue(faults) ?? [], Pairs = parsed.GetValue(pairs), Seed = parsed.GetValue(seed) };
            var reply = await control.AskAsync(parsed.GetValue(lab), "fault-table", JsonSerializer.SerializeToNode(options, KeeperReply.Json)!.AsObject(), output.Line, cancellation);
            if (reply.Line is { } refusal)
            {
                throw new LabException(refusal);
            }

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
