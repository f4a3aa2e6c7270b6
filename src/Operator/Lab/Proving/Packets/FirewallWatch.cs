using System.Net;
using System.Text.Json.Nodes;

namespace Culvert.Lab;

/// <summary>Notes which probe packets a firewall lets pass: those that are still there after its rules.</summary>
internal static class FirewallWatch
{
    /// <summary>The lowest and highest mark that is noted. Nothing else in a lab sends these.</summary>
    public const int FirstMark = 41, LastMark = 43;

    // After priority filter: what the rules dropped never comes here. Sets, for one packet of a kind is enough to know.
    private const string Table =
        """
        table inet lab_sweep
        delete table inet lab_sweep
        table inet lab_sweep {
          set passed {
            type ipv4_addr . ipv4_addr . inet_proto . inet_service . dscp
            size 262144
            flags dynamic
          }
          set portless {
            type ipv4_addr . ipv4_addr . inet_proto . dscp
            size 65535
            flags dynamic
          }
          chain watch {
            type filter hook forward priority filter + 10; policy accept;
            ip dscp >= 41 ip dscp <= 43 meta l4proto { tcp, udp } ct state new add @passed { ip saddr . ip daddr . meta l4proto . th dport . ip dscp }
            ip dscp >= 41 ip dscp <= 43 meta l4proto { icmp, esp } add @portless { ip saddr . ip daddr . meta l4proto . ip dscp }
          }
        }

        """;

    /// <summary>Begins. Throws <see cref="LabException"/> where the kernel has no sets that packets fill (NFT_SET_HASH, NFT_DYNSET).</summary>
    public static Task BeginAsync(string firewall, CancellationToken cancellationToken) =>
        Shell.RunAsync("nsenter", [$"--net=/run/netns/{firewall}", "nft", "-f", "-"], Table, cancellationToken);

    /// <summary>Ends it, and gives what passed.</summary>
    public static async Task<IReadOnlyCollection<ProbePacket>> EndAsync(string firewall, CancellationToken cancellationToken)
    {
        var json = await Shell.RunAsync("nsenter", [$"--net=/run/netns/{firewall}", "nft", "-j", "list", "table", "inet", "lab_sweep"], "", cancellationToken);
        await Shell.RunAsync("nsenter", [$"--net=/run/netns/{firewall}", "nft", "delete", "table", "inet", "lab_sweep"], "", cancellationToken);
        return Read(json);
    }

    /// <summary>Reads nftables' own JSON (libnftables-json(5)).</summary>
    internal static HashSet<ProbePacket> Read(string json)
    {
        var passed = new HashSet<ProbePacket>();
        foreach (var set in JsonNode.Parse(json)?["nftables"]?.AsArray().Select(i => i?["set"]).OfType<JsonNode>() ?? [])
        {
            foreach (var element in set["elem"]?.AsArray() ?? [])
            {
                // An element may be wrapped to carry more than its key.
                if ((element?["elem"]?["val"] ?? element)?["concat"]?.AsArray() is { } parts)
                {
                    passed.Add(new ProbePacket(
                        IPAddress.Parse((string)parts[0]!), IPAddress.Parse((string)parts[1]!), Protocol(parts[2]!), parts.Count == 5 ? Number(parts[3]!) : 0, Number(parts[^1]!)));
                }
            }
        }

        return passed;
    }

    private static int Protocol(JsonNode node) => node.ToString() switch { "icmp" => ProbePacket.Icmp, "tcp" => ProbePacket.Tcp, "udp" => ProbePacket.Udp, "esp" => ProbePacket.Esp, var other => int.Parse(other, System.Globalization.CultureInfo.InvariantCulture) };

    private static int Number(JsonNode node) => int.Parse(node.ToString(), System.Globalization.CultureInfo.InvariantCulture);
}
