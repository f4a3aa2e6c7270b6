using System.Net;

namespace Culvert.Planning;

/// <summary>Addresses that are not the public internet's: a proxy leads there only where it is told to.</summary>
internal static class PrivateAddresses
{
    // RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291, and this machine.
    private static readonly IPNetwork[] Networks =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("::1/128"),
    ];

    /// <summary>Whether it is one.</summary>
    public static bool Contain(IPAddress address) => Networks.Any(n => n.Contains(address));

    /// <summary>The private addresses among a proxy's destinations, each as a network of one.</summary>
    public static IReadOnlyList<IPNetwork> BehindDestinations(SiteFile site, SiteProxy proxy, IReadOnlyList<HostPort> destinations)
    {
        // With parents, it is they who reach the destinations.
        if (proxy.Parents.Count > 0)
        {
            return [];
        }

        var addresses = destinations.SelectMany(d => IPAddress.TryParse(d.Host, out var a) ? [a] : FixedNames.AddressesOf(site, d.Host));
        return [.. addresses.Where(Contain).Distinct().Select(a => new IPNetwork(a, a.GetAddressBytes().Length * 8)).OrderBy(n => n.ToString(), StringComparer.Ordinal)];
    }
}
