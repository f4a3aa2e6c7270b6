using System.Globalization;
using System.Net;

namespace Culvert.Planning;

/// <summary>What is wrong in an Azure network security group before a proxy pool.</summary>
internal static class NsgLint
{
    private static readonly string[] Anywhere = ["*", "Internet", "0.0.0.0/0", "::/0", "Any"];

    public static IEnumerable<LintFinding> Run(NsgExport export, LintExpectation expectation)
    {
        var inbound = export.Rules.Where(r => r.IsInbound).OrderBy(r => r.Priority).ToList();
        var outbound = export.Rules.Where(r => !r.IsInbound).OrderBy(r => r.Priority).ToList();
        return inbound.Where(r => r.IsAllow).SelectMany(WideInbound)
            .Concat(outbound.Where(r => r.IsAllow).SelectMany(WideOutbound))
            .Concat(Ends(inbound, outbound))
            .Concat(Probes(inbound))
            .Concat(Late(inbound)).Concat(Late(outbound))
            .Concat(Missing(outbound, expectation))
            .Concat(export.IdleTimeouts.Where(t => TimeSpan.FromMinutes(t.Minutes) <= expectation.Heartbeat).Select(t => new LintFinding("idle-timeout", LintSeverity.Fault, t.Line,
                $"a flow is forgotten after {t.Minutes} min, and the sensor's heartbeat comes every {Yaml.Duration(expectation.Heartbeat)}",
                "Set idleTimeoutInMinutes above the heartbeat, and enableTcpReset: true, so that the end is not silent.")));
    }

    private static IEnumerable<LintFinding> WideInbound(NsgRule rule)
    {
        if (rule.Sources.Any(Anywhere.Contains))
        {
            yield return Fault("any-source", rule, $"'{rule.Name}' takes connections from anywhere", "Set sourceAddressPrefixes to the sensors' addresses, as they arrive over the private link.");
        }

        if (!rule.Sources.Contains("AzureLoadBalancer") && rule.Ports.Any(p => p == "*"))
        {
            yield return Fault("connect-other-ports", rule, $"'{rule.Name}' opens every port", "Set destinationPortRange to the proxy's port, 3128.");
        }
    }

    private static IEnumerable<LintFinding> WideOutbound(NsgRule rule)
    {
        if (rule.Ports.Any(p => p == "*") && rule.Protocol is not ("Esp" or "Icmp"))
        {
            yield return Fault("connect-other-ports", rule, $"'{rule.Name}' leads out at every port", "Set destinationPortRange to 443.");
        }

        if (rule.Destinations.Any(Anywhere.Contains))
        {
            yield return new LintFinding("any-destination", LintSeverity.Advice, rule.Line, $"'{rule.Name}' leads anywhere; a security group knows no names, so the proxy's exact list alone decides",
                "Use the service tags AzureIoTHub, EventHub and Storage where the endpoints are Azure's, and keep the proxy's list exact: a tag covers every customer.");
        }
    }

    private static IEnumerable<LintFinding> Ends(List<NsgRule> inbound, List<NsgRule> outbound)
    {
        foreach (var (rules, direction, systemRule) in ((List<NsgRule>, string, string)[])[(inbound, "Inbound", "AllowVnetInBound"), (outbound, "Outbound", "AllowInternetOutBound")])
        {
            if (!rules.Exists(r => !r.IsAllow && IsEverything(r)))
            {
                yield return new LintFinding("no-final-deny", LintSeverity.Fault, 0, $"no {direction} rule denies the rest, so Azure's own {systemRule} lets it through", $"Add a rule with priority 4096, direction {direction}, access Deny, everything '*'.");
            }
        }
    }

    private static IEnumerable<LintFinding> Probes(List<NsgRule> inbound)
    {
        var deny = inbound.Find(r => !r.IsAllow && IsEverything(r));
        if (deny is not null && !inbound.Exists(r => r.IsAllow && r.Priority < deny.Priority && r.Sources.Contains("AzureLoadBalancer")))
        {
            yield return Fault("probes-blocked", deny, $"'{deny.Name}' also stops the load balancer's probes (system rule 65001 comes after it), so the pool is taken for dead",
                "Add a rule before it, priority 4095: source AzureLoadBalancer, access Allow.");
        }
    }

    private static IEnumerable<LintFinding> Late(List<NsgRule> rules)
    {
        foreach (var deny in rules.Where(r => !r.IsAllow && !IsEverything(r)))
        {
            var early = rules.Find(r => r.IsAllow && r.Priority < deny.Priority && Covers(r.Sources, deny.Sources) && Covers(r.Destinations, deny.Destinations) && Covers(r.Ports, deny.Ports) && (r.Protocol == "*" || r.Protocol.Equals(deny.Protocol, StringComparison.OrdinalIgnoreCase)));
            if (early is not null)
            {
                yield return Fault("allow-before-deny", early, string.Create(CultureInfo.InvariantCulture, $"'{early.Name}' (priority {early.Priority}) lets through what '{deny.Name}' (priority {deny.Priority}) is meant to stop"),
                    string.Create(CultureInfo.InvariantCulture, $"Give '{deny.Name}' a priority below {early.Priority}."));
            }
        }
    }

    private static IEnumerable<LintFinding> Missing(List<NsgRule> outbound, LintExpectation expectation)
    {
        foreach (var destination in expectation.Destinations)
        {
            var port = destination.Port.ToString(CultureInfo.InvariantCulture);
            var tag = AzureServiceTags.Of(destination.Host);
            var isThere = outbound.Exists(r => r.IsAllow && r.Ports.Any(p => p == "*" || NftValues.Covers(new NftMatch("dport", false, [p]), destination.Port))
                && r.Destinations.Any(d => Anywhere.Contains(d) || d == "AzureCloud" || (tag is not null && (d == tag || d.StartsWith(tag + ".", StringComparison.Ordinal)))
                    || (SquidAcl.TryNetwork(d, out var network) && destination.Addresses.Any(a => network.PrefixLength <= a.PrefixLength && network.Contains(a.BaseAddress)))));
            if (!isThere)
            {
                yield return new LintFinding("missing-endpoint", LintSeverity.Fault, 0, $"no Outbound rule leads to {destination.Host} at port {port}",
                    $"Add an Outbound rule that allows {(tag is not null ? $"the service tag {tag}" : destination.Addresses.Count > 0 ? string.Join(", ", destination.Addresses) : "Internet")} at port {port}.");
            }
        }
    }

    private static bool IsEverything(NsgRule rule) => rule.Sources.Any(Anywhere.Contains) && rule.Destinations.Any(Anywhere.Contains) && rule.Ports.Contains("*") && rule.Protocol == "*";

    private static bool Covers(IReadOnlyList<string> wide, IReadOnlyList<string> narrow) => narrow.All(n => wide.Any(w => w == "*" || w == n
        || (SquidAcl.TryNetwork(w, out var a) && SquidAcl.TryNetwork(n, out var b) && a.PrefixLength <= b.PrefixLength && Holds(a, b.BaseAddress))));

    private static bool Holds(IPNetwork network, IPAddress address) => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);

    private static LintFinding Fault(string rule, NsgRule at, string found, string correction) => new(rule, LintSeverity.Fault, at.Line, found, correction);
}
