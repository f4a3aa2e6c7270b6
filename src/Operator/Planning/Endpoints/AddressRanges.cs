using System.Net;

namespace Culvert.Planning;

/// <summary>Sets of networks.</summary>
public static class AddressRanges
{
    /// <summary>The fewest networks that hold exactly the same addresses, ordered, IPv4 first.</summary>
    public static IReadOnlyList<IPNetwork> Collapse(IEnumerable<IPNetwork> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        var kept = new List<IPNetwork>();
        foreach (var network in networks.Distinct().OrderBy(n => n.BaseAddress.GetAddressBytes().Length).ThenBy(n => Convert.ToHexString(n.BaseAddress.GetAddressBytes()), StringComparer.Ordinal).ThenBy(n => n.PrefixLength))
        {
            // In this order a network that holds another comes before it.
            if (kept.Count > 0 && kept[^1].Contains(network.BaseAddress))
            {
                continue;
            }

            kept.Add(network);
            while (kept.Count > 1 && Joined(kept[^2], kept[^1]) is { } joined)
            {
                kept.RemoveRange(kept.Count - 2, 2);
                kept.Add(joined);
            }
        }

        return kept;
    }

    /// <summary>The ranges that are in one list and not in the other.</summary>
    public static (IReadOnlyList<IPNetwork> Added, IReadOnlyList<IPNetwork> Removed) Difference(IReadOnlyList<IPNetwork> before, IReadOnlyList<IPNetwork> after) =>
        ([.. after.Except(before)], [.. before.Except(after)]);

    // Two halves of one network.
    private static IPNetwork? Joined(IPNetwork low, IPNetwork high)
    {
        if (low.PrefixLength != high.PrefixLength || low.PrefixLength == 0 || low.BaseAddress.AddressFamily != high.BaseAddress.AddressFamily)
        {
            return null;
        }

        var bytes = low.BaseAddress.GetAddressBytes();
        var bit = low.PrefixLength - 1;
        if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0)
        {
            return null;
        }

        var whole = new IPNetwork(low.BaseAddress, bit);
        return whole.Contains(high.BaseAddress) ? whole : null;
    }
}
