using System.Globalization;
using System.Net;
using System.Text;

namespace Culvert.Lab;

/// <summary>BIRD's configuration of one gateway: eBGP over each path of its private peerings, the primary preferred, BFD where it is planned.</summary>
internal static class BirdFile
{
    /// <summary>What a route learned from a peering costs in the kernel; a VPN that stands by costs more.</summary>
    public const int Metric = 100;

    private const int PreferredPrimary = 200;
    private const int PreferredSecondary = 100;

    public static string Write(LabNetwork network, LabHost gateway, IReadOnlyList<LabLink> links)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"router id {gateway.Address};\nlog stderr all;\nprotocol device {{ scan time 1; }}\n");
        text.Append(CultureInfo.InvariantCulture, $"protocol kernel {{\n  metric {Metric};\n  ipv4 {{ import none; export where source = RTS_BGP; }};\n}}\n");
        if (links.Any(l => l.Link.Bgp!.Bfd))
        {
            text.Append("protocol bfd {\n  interface \"peer*\" { min rx interval 50 ms; min tx interval 50 ms; idle tx interval 200 ms; multiplier 3; };\n}\n");
        }

        // What lies behind is reached by the gateway's own routes; to the peer it is announced, to the kernel it is not.
        text.Append("protocol static behind {\n  ipv4;\n");
        foreach (var behind in links.SelectMany(l => l.Near == gateway.Name ? l.NearNetworks : l.FarNetworks).Distinct())
        {
            text.Append(CultureInfo.InvariantCulture, $"  route {behind} unreachable;\n");
        }

        text.Append("}\n");
        foreach (var link in links)
        {
            for (var path = 0; path < link.Segments.Count; path++)
            {
                AppendPath(text, network, gateway, link, path);
            }
        }

        return text.ToString();
    }

    private static void AppendPath(StringBuilder text, LabNetwork network, LabHost gateway, LabLink link, int path)
    {
        var isNear = link.Near == gateway.Name;
        var bgp = link.Link.Bgp!;
        var own = At(gateway, link.Segments[path]);
        var peer = At(network.Host(isNear ? link.Far : link.Near), link.Segments[path]);
        var preference = (path == 0 ? PreferredPrimary : PreferredSecondary) - Math.Min(50, link.Link.Priority);
        text.Append(CultureInfo.InvariantCulture, $$"""
            protocol bgp {{Identifier(link.Segments[path])}} {
              local {{own}} as {{(isNear ? bgp.FromAsn : bgp.ToAsn)}};
              neighbor {{peer}} as {{(isNear ? bgp.ToAsn : bgp.FromAsn)}};
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

    private static IPAddress At(LabHost host, string segment) => host.Interfaces.First(i => i.Segment == segment).Addresses[0].Address;

    private static string Identifier(string name) => "p_" + new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);
}
