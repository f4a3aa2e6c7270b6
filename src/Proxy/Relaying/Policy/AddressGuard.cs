using System.Net;
using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>Refuses private, loopback, link-local, metadata and other special addresses as destinations unless they are listed: else a name that somebody controls could lead the proxy to its own machine.</summary>
public sealed class AddressGuard(IReadOnlyList<IPNetwork> listed)
{
    // IANA special-purpose registries (RFC 6890) as far as they can be reached, and the metadata address of Azure's fabric.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "::/104", "100::/64", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
            // Networks that hide an IPv4 address where only their operator knows: Teredo (RFC 4380) and local NAT64 (RFC 8215).
            "2001::/32", "64:ff9b:1::/48",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    /// <summary>Whether the proxy may connect to the address.</summary>
    public bool Allows(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = Plain(address);
        return !Holds(Special, plain) || Holds(listed, plain);
    }

    // An IPv4 address may hide in IPv4-mapped and IPv4-compatible (RFC 4291), IPv4-translated (RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056)
    // and ISATAP (RFC 5214) ones.
    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        ReadOnlySpan<byte> nat64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];
        ReadOnlySpan<byte> translated = [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0];
        var compatible = !bytes[..12].ContainsAnyExcept((byte)0) && bytes[12] != 0;
        // With and without the bit that says the identifier is unique in the world.
        var isatap = bytes[8] is 0 or 2 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
        if (compatible || isatap || bytes[..12].SequenceEqual(nat64) || bytes[..12].SequenceEqual(translated))
        {
            return new IPAddress(bytes[12..]);
        }

        return bytes[0] == 0x20 && bytes[1] == 0x02 ? new IPAddress(bytes[2..6]) : address;
    }

    private static bool Holds(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        for (var i = 0; i < networks.Count; i++)
        {
            if (networks[i].BaseAddress.AddressFamily == address.AddressFamily && networks[i].Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
