using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Planning;

/// <summary>Writes ranges of service tags in the forms that firewalls read.</summary>
public static class AddressRangeWriter
{
    /// <summary>Writes the ranges of some tags.</summary>
    public static string Write(ServiceTagFile file, IReadOnlyList<string> tags, string? region, EndpointFormat format)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(tags);
        var ranges = tags.Select(t => (Tag: t, Ranges: file.RangesOf(t, region))).ToList();
        var head = string.Create(CultureInfo.InvariantCulture, $"# Service tags, change {file.ChangeNumber}{(region is null ? "" : $", {region}")}. They cover every customer of a service: an exact list must stand behind them.\n");
        return format switch
        {
            EndpointFormat.Csv => "tag,region,range\n" + string.Concat(ranges.SelectMany(t => t.Ranges.Select(r => $"{t.Tag},{region},{r}\n"))),
            EndpointFormat.Nftables => head + Nftables(ranges),
            EndpointFormat.Edl => head + string.Concat(AddressRanges.Collapse(ranges.SelectMany(t => t.Ranges)).Select(r => $"{r}\n")),
            _ => head + string.Concat(ranges.SelectMany(t => t.Ranges.Select(r => $"{t.Tag} {r}\n"))),
        };
    }

    private static string Nftables(List<(string Tag, IReadOnlyList<IPNetwork> Ranges)> tags)
    {
        var text = new StringBuilder("add table inet culvert_endpoints\n");
        foreach (var (tag, ranges) in tags)
        {
            foreach (var (suffix, type, family) in ((string, string, AddressFamily)[])[("v4", "ipv4_addr", AddressFamily.InterNetwork), ("v6", "ipv6_addr", AddressFamily.InterNetworkV6)])
            {
                var set = $"inet culvert_endpoints {ObjectName.Identifier(tag)}_{suffix}";
                var own = ranges.Where(r => r.BaseAddress.AddressFamily == family).ToList();
                text.Append(CultureInfo.InvariantCulture, $"add set {set} {{ type {type}; flags interval; auto-merge; }}\nflush set {set}\n");
                if (own.Count > 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $"add element {set} {{ {string.Join(", ", own)} }}\n");
                }
            }
        }

        return text.ToString();
    }
}
