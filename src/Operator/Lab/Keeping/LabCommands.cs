using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Lab;

/// <summary>What the keeper of a lab can be asked, by name.</summary>
internal static class LabCommands
{
    public delegate Task<(int Status, JsonNode? Result)> Run(LabRuntime lab, JsonObject arguments, Action<string> line, CancellationToken cancellationToken);

    public static IReadOnlyDictionary<string, Run> All { get; } = new Dictionary<string, Run>(StringComparer.Ordinal)
    {
        ["up"] = async (lab, _, line, cancellation) =>
        {
            await lab.UpAsync(line, cancellation);
            return (0, null);
        },
        ["scale"] = async (lab, arguments, line, cancellation) =>
        {
            await lab.ScaleAsync((string)arguments["pool"]!, (int)arguments["count"]!, (string?)arguments["without"], line, cancellation);
            return (0, null);
        },
        ["autoscale"] = async (lab, arguments, line, _) =>
        {
            await lab.AutoscaleAsync((string)arguments["pool"]!, (int?)arguments["tunnels"] is { } tunnels ? new AutoscaleRules(tunnels, TimeSpan.FromSeconds((double)arguments["calm"]!)) : null, line);
            return (0, null);
        },
        ["load"] = async (lab, arguments, line, cancellation) =>
        {
            await lab.LoadAsync((string)arguments["pool"]!, (int)arguments["tunnels"]!, line, cancellation);
            return (0, null);
        },
        ["test"] = async (lab, arguments, line, cancellation) =>
        {
            var acceptance = await new AcceptanceTest(lab, (string)arguments["capture"]!, (bool?)arguments["delivery"] ?? true, line).RunAsync(cancellation);
            var fingerprint = AcceptanceFolder.Write(acceptance, (string)arguments["folder"]!, Path.Combine(Path.GetDirectoryName(lab.Folder.Root)!, "..", "acceptance-key.pem"));
            line($"signed by key {fingerprint[..16]}");
            return (acceptance.Passed ? 0 : 1, JsonSerializer.SerializeToNode(acceptance, KeeperReply.Json));
        },
        ["sweep"] = async (lab, _, line, cancellation) =>
        {
            var test = new AcceptanceTest(lab, "", withDelivery: false, line);
            await test.SweepAsync(await RuleCounter.ReadAsync(lab.Network, cancellation), cancellation);
            return (test.Passed ? 0 : 1, null);
        },
        ["what-if"] = async (lab, arguments, line, cancellation) =>
        {
            var tried = await new WhatIfTrial(lab, line).RunAsync([.. arguments["things"]?.AsArray().Select(t => (string)t!) ?? []], cancellation);
            return (tried.All(t => t.Agrees) ? 0 : 1, JsonSerializer.SerializeToNode(tried, KeeperReply.Json));
        },
        ["exec"] = async (lab, arguments, line, cancellation) =>
        {
            // With what the sensors' and proxies' programs have too: the host's network. Files are the machine's.
            var host = lab.Network.Host((string)arguments["host"]!).Name;
            var (status, output, errors) = await Shell.TryAsync("nsenter", [$"--net=/run/netns/{host}", .. arguments["command"]!.AsArray().Select(w => (string)w!)], (string?)arguments["input"] ?? "", cancellation);
            foreach (var said in $"{output}{errors}".Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                line(said);
            }

            return (status, null);
        },
        ["fault"] = async (lab, arguments, line, cancellation) =>
        {
            // All are read before the first is made.
            foreach (var order in arguments["orders"]!.AsArray().Select(o => FaultOrder.Read((string)o!)).ToList())
            {
                line((await lab.BreakAsync(order, cancellation)).ToString());
            }

            return (0, null);
        },
        ["check"] = async (lab, arguments, line, cancellation) =>
            (await lab.CheckForPeopleAsync((string?)arguments["sensor"], [.. arguments["more"]?.AsArray().Select(a => (string)a!) ?? []], line, cancellation), null),
        ["mend"] = async (lab, arguments, line, cancellation) =>
        {
            var mended = await lab.MendAsync((string?)arguments["fault"], (string?)arguments["host"], cancellation);
            line(mended.Count == 0 ? "no such fault is in force" : $"mended: {string.Join("; ", mended)}");
            return (mended.Count == 0 ? 1 : 0, null);
        },
        ["fault-table"] = async (lab, arguments, line, cancellation) =>
        {
            var rows = await new FaultTable(lab, line).RunAsync(arguments.Deserialize<FaultTableOptions>(KeeperReply.Json)!, cancellation);
            return (rows.All(r => r.AsExpected) ? 0 : 1, JsonSerializer.SerializeToNode(rows, KeeperReply.Json));
        },
        ["scenario"] = async (lab, arguments, line, cancellation) =>
        {
            var steps = (string?)arguments["file"] is { } file ? ScenarioPlan.Load(file, lab.Network)
                : ScenarioPlan.Random(lab.Network, (int?)arguments["seed"] ?? throw new LabException("Give a scenario file, or --random SEED."), TimeSpan.FromMinutes((double)arguments["minutes"]!));
            var capture = (string?)arguments["capture"] ?? throw new LabException("No capture is known; give one with --capture FILE.");
            var report = await new ScenarioRun(lab, capture, line).RunAsync(ScenarioPlan.Compress(steps, (double)arguments["compress"]!), cancellation);
            return (report.Passed ? 0 : 1, JsonSerializer.SerializeToNode(report, KeeperReply.Json));
        },
        ["status"] = async (lab, _, _, cancellation) => (0, JsonSerializer.SerializeToNode(await lab.StatusAsync(cancellation), KeeperReply.Json)),
    };
}
