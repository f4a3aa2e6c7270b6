using System.Net;

namespace Culvert.Lab;

/// <summary>Where each host sends what is not for its own zone.</summary>
public sealed partial class NetworkBuilder
{
    private IEnumerable<LabRoute> Routes(LabHost host)
    {
        var routes = host.Kind switch
        {
            LabHostKind.Firewall or LabHostKind.Gateway => RouterRoutes(host),
            _ => host.Zone == SiteZone.Internet ? OutsideRoutes(host.Interfaces[0].Name) : HostRoutes(host),
        };
        return routes.Concat(host.Interfaces.Where(i => i.Segment != SiteZone.Internet && !_peerings.Contains(i.Segment)).SelectMany(OnLink)).Distinct();
    }

    // Services whose address lies in none of the zone's subnets, as a cloud's resolver.
    private IEnumerable<LabRoute> OnLink(LabInterface at) => _hosts
        .Where(h => h.Kind is LabHostKind.Resolver or LabHostKind.TimeServer && h.Zone == at.Segment && !at.Addresses.Any(a => a.Address.Equals(h.Address)))
        .Where(h => !_site.Zone(at.Segment).Contains(h.Address))
        .Select(h => new LabRoute(Single(h.Address), null, at.Name));

    private IEnumerable<LabRoute> HostRoutes(LabHost host)
    {
        var zone = host.Zone;
        var device = host.Interfaces[0].Name;
        // A service with an address of its own reaches its zone on the segment.
        if (!_site.Zone(zone).Contains(host.Address))
        {
            foreach (var subnet in _site.Zone(zone).Subnets)
            {
                yield return new LabRoute(subnet, null, device);
            }
        }

        // What a pool's member answers must pass the balancer again, which put the member's address in place of its own.
        var balancer = host.Kind == LabHostKind.Member ? _site.Proxy(host.Part).Address : null;
        foreach (var other in _site.Zones.Where(z => z.Name != zone))
        {
            if (Next(zone, other.Name) is { } next)
            {
                foreach (var subnet in other.Subnets)
                {
                    yield return new LabRoute(subnet, balancer ?? next.Address, device);
                }
            }
        }

        if (Next(zone, SiteZone.Internet) is { } outside)
        {
            yield return new LabRoute(Everything, outside.Address, device);
        }
    }

    private IEnumerable<LabRoute> OutsideRoutes(string device)
    {
        yield return new LabRoute(Everything, null, device);
        foreach (var zone in _site.Zones)
        {
            if (Next(SiteZone.Internet, zone.Name) is { } next)
            {
                foreach (var subnet in zone.Subnets.Concat(PublicAddresses(zone.Name)))
                {
                    yield return new LabRoute(subnet, next.Address, device);
                }
            }
        }
    }

    private IEnumerable<LabRoute> RouterRoutes(LabHost router)
    {
        if (router.Interfaces.FirstOrDefault(i => i.Segment == SiteZone.Internet) is { } outside)
        {
            yield return new LabRoute(Everything, null, outside.Name);
            foreach (var zone in _site.Zones.Where(z => router.Interfaces.All(i => i.Segment != z.Name)))
            {
                // From outside, a gateway behind a firewall has its public address and nothing else.
                if (Next(SiteZone.Internet, zone.Name) is { } next && !router.Addresses.Contains(next.Address))
                {
                    foreach (var address in PublicAddresses(zone.Name))
                    {
                        yield return new LabRoute(address, next.Address, outside.Name);
                    }
                }
            }
        }

        foreach (var zone in _site.Zones)
        {
            var direct = router.Interfaces.FirstOrDefault(i => i.Segment == zone.Name);
            if (direct is not null)
            {
                foreach (var address in PublicAddresses(zone.Name).Where(a => !router.Addresses.Contains(a.BaseAddress)))
                {
                    yield return new LabRoute(address, _sides[(NearGateway(zone.Name), zone.Name)].Address, direct.Name);
                }

                continue;
            }

            if (Through(router, zone.Name) is { } way)
            {
                var isOutside = router.Interfaces.Any(i => i.Segment == SiteZone.Internet) && Next(SiteZone.Internet, zone.Name) is { } entry && !router.Addresses.Contains(entry.Address);
                foreach (var subnet in zone.Subnets.Concat(isOutside ? [] : PublicAddresses(zone.Name)))
                {
                    yield return new LabRoute(subnet, way.Via, way.Interface);
                }
            }
        }

        if (router.Interfaces.All(i => i.Segment != SiteZone.Internet) && Through(router, SiteZone.Internet) is { } up)
        {
            yield return new LabRoute(Everything, up.Via, up.Interface);
        }
    }

    // The nearest way from one of the router's own zones. The internet is no way to a zone: what leads there stays on the premises and the links.
    private (IPAddress Via, string Interface)? Through(LabHost router, string to) => router.Interfaces
        .Where(i => i.Segment != SiteZone.Internet && !_peerings.Contains(i.Segment))
        .Select(i => (Interface: i, Way: _map.Way(i.Segment, to)))
        .Where(x => x.Way is { Count: > 0 } && RouterOf(x.Way[0]) != router.Name)
        .OrderBy(x => x.Way!.Count)
        .Select(x => ((IPAddress, string)?)(_sides[(RouterOf(x.Way![0]), x.Interface.Segment)].Address, x.Interface.Name))
        .FirstOrDefault();

    private LabAddress? Next(string from, string to) => _map.Way(from, to) is [var first, ..] ? _sides[(RouterOf(first), from)] : null;

    private string RouterOf(SiteCrossing crossing)
    {
        if (!crossing.IsLink)
        {
            return crossing.By;
        }

        var link = _site.PrivateLinks.First(l => l.Name == crossing.By);
        return crossing.From == link.From ? NearGateway(link.From) : FarGateway(link.To);
    }

    // Public addresses of gateways that stand behind a firewall on the premises.
    private IEnumerable<IPNetwork> PublicAddresses(string zone) => _site.Zone(zone).Cloud is null
        ? _site.PrivateLinks.Where(l => l.From == zone).SelectMany(l => (IPAddress?[])[l.FromGateway, l.SecondFromGateway]).OfType<IPAddress>().Distinct().Select(Single) : [];

    private static IPNetwork Single(IPAddress address) => new(address, 32);

    private static IPAddress Nth(IPNetwork network, int n)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        bytes[3] += (byte)n;
        return new IPAddress(bytes);
    }
}
