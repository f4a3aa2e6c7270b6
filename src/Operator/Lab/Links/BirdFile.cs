using System.Globalization;
using System.Text;

namespace Culvert.Lab;

/// <summary>BIRD's configuration of one gateway: eBGP over each path of its private links, the preferred first, BFD where it is planned.</summary>
internal static class BirdFile
{
    /// <summary>What a route learned from a peer costs in the kernel; a VPN with static routes that stands by costs more.</summary>
    public const int Metric = 100;

    private const int HighestPreference = 1000;

    public static string Write(LabNetwork network, LabHost gateway, IReadOnlyList<LabLink> links)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"router id {gateway.Address};\nlog stderr all;\nprotocol device {{ scan time 1; }}\n");
        text.Append(CultureInfo.InvariantCulture, $"protocol kernel {{\n  metric {Metric};\n  ipv4 {{ import none; export where source = RTS_BGP; }};\n}}\n");
        if (links.Any(l => l.Link.Bgp!.Bfd))
        {
            text.Append("protocol bfd {\n  interface \"peer*\", \"vpn*\" { min rx interval 50 ms; min tx interval 50 ms; idle tx interval 200 ms; multiplier 3; };\n}\n");
        }

        // What lies behind is reached by the gateway's own routes; to the peer it is announced, to the kernel it is not.
        text.Append("protocol static behind {\n  ipv4;\n");
        foreach (var behind in links.SelectMany(l => l.Near == gateway.Name ? l.NearNetworks : l.FarNetworks).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"  route {behind} unreachable;\n");
        }

        text.Append("}\n");
        // One order of preference over all links of the lab, so that both ends take the same way.
        var order = network.Links.Where(l => l.Link.Bgp is not null).OrderBy(l => l.Link.Priority).SelectMany(l => l.Paths).Select(p => p.Name).ToList();
        foreach (var (link, path) in links.SelectMany(l => l.Paths.Select(p => (l, p))))
        {
            Append(text, gateway.Name, link, path, HighestPreference - order.IndexOf(path.Name));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string gateway, LabLink link, LabPath path, int preference)
    {
        var isNear = link.Near == gateway;
        var bgp = link.Link.Bgp!;
        text.Append(CultureInfo.InvariantCulture, $$"""
            protocol bgp {{Identifier(path.Name)}} {
              local {{(isNear ? path.NearInner! : path.FarInner!).Address}} as {{(isNear ? bgp.FromAsn : bgp.ToAsn)}};
              neighbor {{(isNear ? path.FarInner! : path.NearInner!).Address}} as {{(isNear ? bgp.ToAsn : bgp.FromAsn)}};
              hold time 9;
              keepalive time 3;
              connect delay time 1;
              connect retry time 2;
              error wait time 1, 5;
              {{(bgp.Bfd ? "bfd on;" : "")}}
              ipv4 {
                import filter { bgp_local_pref = {{preference}}; accept; };
                export where source = RTS_STATIC;
                next hop self;
              };
            }

            """);
    }

    /// <summary>What BIRD calls the session of a path.</summary>
    public static string Identifier(string name) => "p_" + new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);
}
