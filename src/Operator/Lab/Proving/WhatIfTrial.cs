using System.Text.Json.Nodes;
using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>Takes things away in a lab that runs, asks every sensor's check which routes are left, and compares with what was calculated.</summary>
internal sealed class WhatIfTrial(LabRuntime lab, Action<string> line)
{
    private const int Attempts = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Tries these things, or all that can be tried.</summary>
    public async Task<IReadOnlyList<WhatIfTried>> RunAsync(IReadOnlyList<string> things, CancellationToken cancellationToken)
    {
        var tried = new List<WhatIfTried>();
        foreach (var thing in things.Count > 0 ? things : WhatIf.Things(lab.Site))
        {
            var calculated = WhatIf.Without(lab.Site, thing);
            if (WhyNot(thing) is { } reason)
            {
                tried.Add(new WhatIfTried(thing, Routes(calculated), null, reason));
            }
            else
            {
                var lost = await TryAsync(thing, cancellationToken);
                tried.Add(new WhatIfTried(thing, Routes(calculated), lost, null));
            }

            line(tried[^1].ToString());
        }

        return tried;
    }

    private static List<string> Routes(WhatIfLoss loss) => [.. loss.Lost.SelectMany(l => l.Lost.Select(r => $"{l.Sensor}/{r}")).Order(StringComparer.Ordinal)];

    // A tunnel that stands outlives its rules until it must be made anew, which is hours.
    private string? WhyNot(string thing) => thing.Split(' ') switch
    {
        ["rule", var rule] when Rule(rule) is { Flow: { Protocol: FlowProtocol.Esp } or { Protocol: FlowProtocol.Udp, Port: 500 or 4500 } } => "a VPN that stands outlives its rules for hours",
        ["certificate", var name] when lab.Site.Proxies.Any(p => p.Name == name && p.Pool is not null) => "the members of a pool have one certificate",
        _ => null,
    };

    private FirewallRule? Rule(string text) => text.Split('/') is [var name, var number] && lab.Site.Firewalls.FirstOrDefault(f => f.Name == name) is { } firewall
        ? RulePlanner.Plan(lab.Site, firewall).FirstOrDefault(r => r.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) == number) : null;

    private async Task<List<string>> TryAsync(string thing, CancellationToken cancellationToken)
    {
        await TakeAsync(thing, cancellationToken);
        List<string> lost;
        try
        {
            // The balancer finds its dead members first.
            await Task.Delay(Pause, lab.Clock, cancellationToken);
            lost = await LostAsync(cancellationToken);
        }
        finally
        {
            await GiveBackAsync(thing);
        }

        for (var attempt = 0; (await LostAsync(cancellationToken)).Count > 0; attempt++)
        {
            if (attempt == Attempts)
            {
                throw new LabException($"With {thing} back, these routes are still lost: {string.Join(", ", await LostAsync(cancellationToken))}");
            }

            await Task.Delay(Pause, lab.Clock, cancellationToken);
        }

        return lost;
    }

    private async Task<List<string>> LostAsync(CancellationToken cancellationToken)
    {
        var lost = new List<string>();
        foreach (var sensor in lab.ConnectedSensors)
        {
            lost.AddRange((await lab.CheckAsync(sensor, cancellationToken)).Routes.Where(r => !r.Succeeded).Select(r => $"{sensor.Name}/{r.Name}"));
        }

        lost.Sort(StringComparer.Ordinal);
        return lost;
    }

    private List<string> Hosts(string part) => [.. lab.Network.Hosts.Where(h => h.Kind is LabHostKind.Proxy or LabHostKind.Member && h.Part == part).Select(h => h.Name)];

    private async Task TakeAsync(string thing, CancellationToken cancellationToken)
    {
        switch (thing.Split(' ', 2))
        {
            case ["proxy", var name]:
                foreach (var host in Hosts(name))
                {
                    await lab.BreakAsync(new FaultOrder(LabFault.Find("kill"), host), cancellationToken);
                }

                break;
            case ["certificate", var name]:
                await lab.BreakAsync(new FaultOrder(LabFault.Find("certificate-expired"), Hosts(name).FirstOrDefault() ?? CloudHost(name)), cancellationToken);
                break;
            case ["rule", var rule]:
                await RemoveRuleAsync(rule.Split('/')[0], rule.Split('/')[1], cancellationToken);
                break;
        }
    }

    private async Task GiveBackAsync(string thing)
    {
        switch (thing.Split(' ', 2))
        {
            case ["proxy", var name]:
                foreach (var host in Hosts(name))
                {
                    await lab.MendAsync("kill", host, CancellationToken.None);
                }

                break;
            case ["certificate", var name]:
                await lab.MendAsync("certificate-expired", Hosts(name).FirstOrDefault() ?? CloudHost(name), CancellationToken.None);
                break;
            case ["rule", var rule]:
                var firewall = lab.Site.Firewalls.First(f => f.Name == rule.Split('/')[0]);
                await Shell.RunAsync("nsenter", [$"--net=/run/netns/{firewall.Name}", "nft", "-f", "-"], FirewallTables.Planned(lab.Site, firewall), CancellationToken.None);
                break;
        }
    }

    private string CloudHost(string cloud) => lab.Network.Hosts.First(h => h.Kind == LabHostKind.Cloud && h.Part == cloud).Name;

    private static async Task RemoveRuleAsync(string firewall, string number, CancellationToken cancellationToken)
    {
        var json = await Shell.RunAsync("nsenter", [$"--net=/run/netns/{firewall}", "nft", "-j", "-a", "list", "ruleset"], "", cancellationToken);
        var rules = JsonNode.Parse(json)?["nftables"]?.AsArray().Select(i => i?["rule"]).OfType<JsonNode>().Where(r => ((string?)r["comment"])?.StartsWith($"{number} ", StringComparison.Ordinal) == true).ToList() ?? [];
        foreach (var rule in rules)
        {
            await Shell.RunAsync("nsenter", [$"--net=/run/netns/{firewall}", "nft", "delete", "rule", (string)rule["family"]!, (string)rule["table"]!, (string)rule["chain"]!, "handle", rule["handle"]!.ToString()], "", cancellationToken);
        }
    }
}

/// <summary>One thing that was taken away in a lab.</summary>
/// <param name="Thing">What.</param>
/// <param name="Calculated">The routes that are lost by calculation, as <c>SENSOR/ROUTE</c>.</param>
/// <param name="Lost">The routes that were lost; null when it was not tried.</param>
/// <param name="Reason">Why it was not tried.</param>
public sealed record WhatIfTried(string Thing, IReadOnlyList<string> Calculated, IReadOnlyList<string>? Lost, string? Reason)
{
    /// <summary>Whether calculation and trial say the same, or nothing was tried.</summary>
    public bool Agrees => Lost is null || Lost.SequenceEqual(Calculated);

    /// <inheritdoc/>
    public override string ToString() => Lost is null ? $"-      without {Thing}: not tried: {Reason}; calculated: {Words(Calculated)}"
        : $"{(Agrees ? "ok    " : "DIFFER")} without {Thing}: lost {Words(Lost)}{(Agrees ? ", as calculated" : $"; calculated: {Words(Calculated)}")}";

    private static string Words(IReadOnlyList<string> routes) => routes.Count == 0 ? "nothing" : string.Join(", ", routes);
}
