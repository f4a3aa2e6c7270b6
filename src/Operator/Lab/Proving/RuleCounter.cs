using System.Text.Json.Nodes;
using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>A planned rule, and how often the firewall used it.</summary>
/// <param name="Firewall">The firewall.</param>
/// <param name="Number">The rule's number there.</param>
/// <param name="From">Who opens.</param>
/// <param name="To">To whom.</param>
/// <param name="Port">Transport and port, as <c>tcp/443</c>.</param>
/// <param name="Reason">Why it is planned.</param>
/// <param name="Packets">How many connections of the sensors' own traffic it let through.</param>
/// <param name="Passes">Whether it lets a packet of its own pass; null where nobody in the lab could send one.</param>
public sealed record RuleCounter(string Firewall, int Number, string From, string To, string Port, string Reason, long Packets, bool? Passes = null)
{
    /// <summary>Reads the counters of all firewalls of a lab.</summary>
    internal static async Task<IReadOnlyList<RuleCounter>> ReadAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        var counters = new List<RuleCounter>();
        foreach (var firewall in network.Site.Firewalls)
        {
            var json = await Shell.RunAsync("nsenter", [$"--net=/run/netns/{firewall.Name}", "nft", "-j", "list", "ruleset"], "", cancellationToken);
            var packets = Count(json);
            counters.AddRange(RulePlanner.Plan(network.Site, firewall).Select(r => new RuleCounter(
                firewall.Name, r.Number, r.Flow.From, r.Flow.To,
                r.Flow.Protocol == FlowProtocol.Esp ? "esp" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{r.Flow.Protocol.ToString().ToLowerInvariant()}/{r.Flow.Port}"),
                r.Flow.Reason, packets.GetValueOrDefault(r.Number))));
        }

        return counters;
    }

    // The comment of a rule begins with its number; a rule counts packets that open a connection, for the others are let through before it.
    private static Dictionary<int, long> Count(string json)
    {
        var packets = new Dictionary<int, long>();
        foreach (var item in JsonNode.Parse(json)?["nftables"]?.AsArray() ?? [])
        {
            if (item?["rule"] is { } rule && (string?)rule["comment"] is { } comment && int.TryParse(comment.Split(' ')[0], out var number)
                && rule["expr"]?.AsArray().Select(e => e?["counter"]).FirstOrDefault(c => c is not null) is { } counter)
            {
                packets[number] = packets.GetValueOrDefault(number) + (long)counter["packets"]!;
            }
        }

        return packets;
    }
}
