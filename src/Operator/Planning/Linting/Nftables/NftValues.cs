using System.Globalization;
using System.Net;

namespace Culvert.Planning;

/// <summary>What the values of conditions cover.</summary>
internal static class NftValues
{
    private static readonly Dictionary<string, int> Services = new(StringComparer.Ordinal) { ["https"] = 443, ["http"] = 80, ["domain"] = 53, ["ntp"] = 123, ["ssh"] = 22 };

    /// <summary>Whether one of the values is everything.</summary>
    public static bool IsEverything(NftMatch match) => !match.IsNot && match.Values.Any(v => v is "0.0.0.0/0" or "::/0");

    /// <summary>Whether one of the values holds this network; a named set may.</summary>
    public static bool Covers(NftMatch? match, IPNetwork network) => match is null || match.IsNot || match.Values.Any(v =>
        v.StartsWith('@') || v.StartsWith('$') || v == "?"
        || (SquidAcl.TryNetwork(v, out var n) && n.PrefixLength <= network.PrefixLength && n.Contains(network.BaseAddress))
        || IsInRange(v, network.BaseAddress));

    /// <summary>Whether one of the values holds this port; a named set may.</summary>
    public static bool Covers(NftMatch? match, int port) => match is null || match.IsNot || match.Values.Any(v => Ports(v) is not { } r || (r.From <= port && port <= r.To));

    /// <summary>The number of ports that the values name; null where a named set is among them.</summary>
    public static int? CountPorts(NftMatch match)
    {
        var ranges = match.Values.Select(Ports).ToList();
        return match.IsNot ? 65535 : ranges.Any(r => r is null) ? null : ranges.Sum(r => r!.Value.To - r.Value.From + 1);
    }

    /// <summary>Whether both may match the same packet.</summary>
    public static bool Overlap(NftMatch a, NftMatch b)
    {
        if (a.IsNot || b.IsNot || a.Key.StartsWith("other:", StringComparison.Ordinal))
        {
            return true;
        }

        return a.Values.Any(x => b.Values.Any(y => x == y || a.Key switch
        {
            "saddr" or "daddr" => SquidAcl.TryNetwork(x, out var n) && SquidAcl.TryNetwork(y, out var m) ? n.Contains(m.BaseAddress) || m.Contains(n.BaseAddress) : x.StartsWith('@') || y.StartsWith('@') || x.Contains('-') || y.Contains('-'),
            "dport" or "sport" => Ports(x) is not { } p || Ports(y) is not { } q || (p.From <= q.To && q.From <= p.To),
            _ => false,
        }));
    }

    private static (int From, int To)? Ports(string value)
    {
        if (Services.TryGetValue(value, out var known))
        {
            return (known, known);
        }

        var dash = value.IndexOf('-', StringComparison.Ordinal);
        return int.TryParse(dash < 0 ? value : value[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(dash < 0 ? value : value[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var to) && from <= to && to <= 65535 ? (from, to) : null;
    }

    private static bool IsInRange(string value, IPAddress address)
    {
        var dash = value.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && IPAddress.TryParse(value[..dash], out var from) && IPAddress.TryParse(value[(dash + 1)..], out var to)
            && from.AddressFamily == address.AddressFamily
            && from.GetAddressBytes().AsSpan().SequenceCompareTo(address.GetAddressBytes()) <= 0 && address.GetAddressBytes().AsSpan().SequenceCompareTo(to.GetAddressBytes()) <= 0;
    }
}
