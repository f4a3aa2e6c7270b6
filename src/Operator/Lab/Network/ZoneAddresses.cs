using System.Buffers.Binary;
using System.Net;

namespace Culvert.Lab;

/// <summary>Finds free addresses in zones for what the site file does not number: the sides of firewalls and gateways, and further pool members.</summary>
internal sealed class ZoneAddresses
{
    // RFC 2544's benchmarking range plays the provider's network: it is nobody's plant.
    private static readonly IPNetwork Provider = IPNetwork.Parse("198.18.0.0/24");
    private readonly SiteFile _site;
    private readonly HashSet<IPAddress> _used = [];

    public ZoneAddresses(SiteFile site)
    {
        _site = site;
        _used.UnionWith(site.Sensors.Select(s => s.Address));
        _used.UnionWith(site.Proxies.Select(p => p.Address));
        _used.UnionWith(site.Proxies.SelectMany(p => p.Pool?.Members ?? []));
        _used.UnionWith(site.Zones.SelectMany(z => z.DnsServers.Concat(z.NtpServers)));
        _used.UnionWith(site.Clouds.SelectMany(c => c.Endpoints).SelectMany(e => e.Addresses));
    }

    /// <summary>A free address from the top of the zone's first subnet, where routers stand.</summary>
    public LabAddress Router(string zone) => Take(zone, fromTop: true);

    /// <summary>A free address from the bottom.</summary>
    public LabAddress Host(string zone) => Take(zone, fromTop: false);

    /// <summary>Lets an address be no longer free.</summary>
    public void Use(IPAddress address) => _used.Add(address);

    /// <summary>A free address from the bottom of a zone; null where there is none.</summary>
    public IPAddress? TryHost(string zone)
    {
        try
        {
            return Host(zone).Address;
        }
        catch (LabException)
        {
            return null;
        }
    }

    /// <summary>The length of the prefix of an address in a zone.</summary>
    public int PrefixLength(string zone, IPAddress address) =>
        zone == SiteZone.Internet ? 32 : _site.Zone(zone).Subnets.Where(s => s.Contains(address)).Select(s => s.PrefixLength).DefaultIfEmpty(32).First();

    /// <summary>The first free address after another in its subnet; null when there is none.</summary>
    public static IPAddress? After(IPAddress address, IPNetwork subnet, HashSet<IPAddress> used)
    {
        var bytes = new byte[4];
        for (var next = (long)BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()) + 1; next <= uint.MaxValue; next++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)next);
            var candidate = new IPAddress(bytes);
            // The last one is the subnet's broadcast address.
            if (!subnet.Contains(candidate) || (next != uint.MaxValue && !subnet.Contains(Successor(bytes))))
            {
                return null;
            }

            if (!used.Contains(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static IPAddress Successor(byte[] bytes)
    {
        var next = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(next, BinaryPrimitives.ReadUInt32BigEndian(bytes) + 1);
        return new IPAddress(next);
    }

    private LabAddress Take(string zone, bool fromTop)
    {
        if (zone != SiteZone.Internet && _site.Zone(zone).Subnets.Count == 0)
        {
            throw new LabException($"Zone {zone} has no subnet, and the lab needs an address in it.");
        }

        var subnet = zone == SiteZone.Internet ? Provider : _site.Zone(zone).Subnets[0];
        var first = BinaryPrimitives.ReadUInt32BigEndian(subnet.BaseAddress.GetAddressBytes());
        var count = 1L << (32 - subnet.PrefixLength);
        for (var i = 1L; i < count - 1; i++)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(first + (fromTop ? count - 1 - i : i)));
            var address = new IPAddress(bytes);
            if (_used.Add(address))
            {
                return new LabAddress(address, zone == SiteZone.Internet ? 32 : subnet.PrefixLength);
            }
        }

        throw new LabException($"Subnet {subnet} of zone {zone} has no free address for the lab.");
    }
}
