using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Planning;

/// <summary>Rules for nftables, one table that replaces itself atomically: <c>nft -f rules.nft</c>.</summary>
internal static class NftablesWriter
{
    /// <summary>The table's name, which is the firewall's with a prefix that keeps it apart from others.</summary>
    public static string TableOf(string firewall) => $"culvert_{ObjectName.Identifier(firewall)["n_".Length..]}";

    public static string Write(SiteFirewall firewall, IReadOnlyList<FirewallRule> rules)
    {
        var table = TableOf(firewall.Name);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"#!/usr/sbin/nft -f\n# Rules of {firewall.Name}. Everything that is not listed is dropped.\n");
        // Making the table first lets it be deleted whether it was there or not; both happen with the rest in one transaction.
        text.Append(CultureInfo.InvariantCulture, $"table inet {table}\ndelete table inet {table}\n\ntable inet {table} {{\n");
        foreach (var name in rules.Where(r => r.Flow.ByName).Select(r => r.Flow.To).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"  # Addresses of {name}: nftables knows no names. Filled by: culvert endpoints --format nftables\n");
            text.Append(CultureInfo.InvariantCulture, $"  set {ObjectName.Identifier(name)} {{\n    type ipv4_addr\n    flags interval\n    auto-merge\n  }}\n\n");
        }

        text.Append("  chain forward {\n    type filter hook forward priority filter; policy drop;\n    ct state established,related accept\n    ct state invalid counter drop\n");
        foreach (var rule in rules)
        {
            foreach (var family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
            {
                AppendRule(text, rule, family);
            }
        }

        return text.Append("    counter drop\n  }\n}\n").ToString();
    }

    private static void AppendRule(StringBuilder text, FirewallRule rule, AddressFamily family)
    {
        var flow = rule.Flow;
        var sources = Of(flow.Sources, family);
        var destinations = Of(flow.Destinations, family);
        if (sources.Length == 0 || (flow.ByName ? family != AddressFamily.InterNetwork : destinations.Length == 0))
        {
            return;
        }

        var ip = family == AddressFamily.InterNetwork ? "ip" : "ip6";
        var to = flow.ByName ? $"@{ObjectName.Identifier(flow.To)}" : Set(destinations);
        var transport = flow.Protocol == FlowProtocol.Esp ? "meta l4proto esp" : string.Create(CultureInfo.InvariantCulture, $"{Words.Camel(flow.Protocol)} dport {flow.Port}");
        var comment = $"{rule.Number} {flow.From} to {flow.To}";
        text.Append(CultureInfo.InvariantCulture,
            $"    iifname \"{rule.From.Interface}\" oifname \"{rule.To.Interface}\" {ip} saddr {Set(sources)} {ip} daddr {to} {transport} ct state new counter accept comment \"{comment[..Math.Min(comment.Length, 120)]}\"\n");
    }

    private static string[] Of(IEnumerable<IPNetwork> networks, AddressFamily family) =>
        [.. networks.Where(n => n.BaseAddress.AddressFamily == family).Select(Show)];

    private static string Show(IPNetwork n) => n.PrefixLength == n.BaseAddress.GetAddressBytes().Length * 8 ? n.BaseAddress.ToString() : n.ToString();

    private static string Set(string[] values) => values.Length == 1 ? values[0] : $"{{ {string.Join(", ", values)} }}";
}
