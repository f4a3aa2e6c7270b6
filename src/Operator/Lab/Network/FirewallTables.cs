using System.Text;
using Culvert.Planning;

namespace Culvert.Lab;

/// <summary>What a host's nftables hold: a firewall's planned rules, and what every host has in the lab.</summary>
internal static class FirewallTables
{
    // IKE and ESP in UDP; what a routed tunnel carries between its own two addresses; BFD and BGP on the paths themselves.
    private const string Links = """
            udp dport { 500, 4500 } accept
            meta l4proto esp accept
            ip daddr 198.18.2.0/24 udp dport 4789 accept
            iifname "peer*" udp dport { 3784, 3785 } accept
            iifname "peer*" tcp dport 179 accept
            iifname "vpn*" udp dport { 3784, 3785 } accept
            iifname "vpn*" tcp dport 179 accept

        """;

    /// <summary>The planned rules alone, which put themselves in place of what is there.</summary>
    public static string Planned(SiteFile site, SiteFirewall firewall) =>
        FirewallWriter.Write(site, firewall).First(f => f.Path.EndsWith("/rules.nft", StringComparison.Ordinal)).Content;

    /// <summary>The text for <c>nft -f</c>.</summary>
    public static string Of(LabNetwork network, LabHost host)
    {
        var text = new StringBuilder();
        if (host.Kind == LabHostKind.Firewall)
        {
            var firewall = network.Site.Firewalls.First(f => f.Name == host.Part);
            text.Append(Planned(network.Site, firewall)).Append('\n');
            if (host.Interfaces.FirstOrDefault(i => i.Segment == SiteZone.Internet) is { } outside)
            {
                // Private addresses go nowhere on the internet; a gateway's public address stays what it is.
                text.Append($$"""
                    table ip lab_nat {
                      chain post {
                        type nat hook postrouting priority srcnat; policy accept;
                        oifname "{{outside.Name}}" ip saddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 } masquerade
                      }
                    }

                    """);
            }
        }

        if (host.Kind is LabHostKind.Firewall or LabHostKind.Gateway)
        {
            // Who stands between the zones is no host to connect to: only the links' own protocols, and answers.
            var own = host.Kind == LabHostKind.Gateway ? Links : "";
            text.Append($"table inet lab_self {{\n  chain input {{\n    type filter hook input priority filter; policy drop;\n    iifname \"lo\" accept\n    ct state established,related accept\n    meta l4proto icmp accept\n{own}  }}\n}}\n");
        }

        return text.ToString();
    }
}
