using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Planning;

/// <summary>Rules for iptables: a script that fills a chain of its own, so that it can run again.</summary>
internal static class IptablesWriter
{
    public static string Write(SiteFirewall firewall, IReadOnlyList<FirewallRule> rules)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"#!/bin/sh\n# Rules of {firewall.Name}. Everything that is not listed is dropped. Runs again without harm.\nset -e\n");
        foreach (var name in rules.Where(r => r.Flow.ByName).Select(r => r.Flow.To).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"# Addresses of {name}: iptables knows no names. Filled by: culvert endpoints --format text\nipset create -exist {ObjectName.Of(name)} hash:net family inet\n");
        }

        foreach (var (command, family) in ((string, AddressFamily)[])[("iptables", AddressFamily.InterNetwork), ("ip6tables", AddressFamily.InterNetworkV6)])
        {
            text.Append(CultureInfo.InvariantCulture, $"{command} -P FORWARD DROP\n{command} -N CULVERT 2>/dev/null || {command} -F CULVERT\n");
            text.Append(CultureInfo.InvariantCulture, $"{command} -C FORWARD -j CULVERT 2>/dev/null || {command} -I FORWARD 1 -j CULVERT\n");
            text.Append(CultureInfo.InvariantCulture, $"{command} -A CULVERT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n{command} -A CULVERT -m conntrack --ctstate INVALID -j DROP\n");
            foreach (var rule in rules)
            {
                AppendRule(text, command, rule, family);
            }

            text.Append(CultureInfo.InvariantCulture, $"{command} -A CULVERT -j DROP\n");
        }

        return text.ToString();
    }

    private static void AppendRule(StringBuilder text, string command, FirewallRule rule, AddressFamily family)
    {
        var flow = rule.Flow;
        string[] destinations = flow.ByName
            ? family == AddressFamily.InterNetwork ? [$"-m set --match-set {ObjectName.Of(flow.To)} dst"] : []
            : [.. flow.Destinations.Where(d => d.BaseAddress.AddressFamily == family).Select(d => $"-d {d}")];
        var transport = flow.Protocol == FlowProtocol.Esp ? "-p esp" : string.Create(CultureInfo.InvariantCulture, $"-p {Words.Camel(flow.Protocol)} --dport {flow.Port}");
        foreach (var source in flow.Sources.Where(s => s.BaseAddress.AddressFamily == family))
        {
            foreach (var destination in destinations)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"{command} -A CULVERT -i {rule.From.Interface} -o {rule.To.Interface} -s {source} {destination} {transport} -m conntrack --ctstate NEW -m comment --comment \"{rule.Number} {flow.From} to {flow.To}\" -j ACCEPT\n");
            }
        }
    }
}
