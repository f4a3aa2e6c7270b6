using System.Globalization;
using System.Net;

namespace Culvert.Lab;

/// <summary>Draws the lab's network from a site file: pure, the same network from the same file.</summary>
public sealed partial class NetworkBuilder
{
    private const int MostTunnels = 60;
    private static readonly IPNetwork Everything = IPNetwork.Parse("0.0.0.0/0");

    private readonly SiteFile _site;
    private readonly SiteMap _map;
    private readonly ZoneAddresses _free;
    private readonly Dictionary<(string Router, string Zone), LabAddress> _sides = [];
    private readonly List<LabHost> _hosts = [];
    private readonly List<LabLink> _links = [];
    private readonly List<string> _peerings = [];
    private int _tunnels;

    private NetworkBuilder(SiteFile site)
    {
        _site = LabSite.Of(site);
        _map = new SiteMap(_site);
        _free = new ZoneAddresses(_site);
    }

    /// <summary>Draws it. Throws <see cref="LabException"/> where the site asks for what the lab cannot play.</summary>
    public static LabNetwork Build(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return new NetworkBuilder(site).Build();
    }

    /// <summary>The host of a further member of a pool. Throws <see cref="LabException"/> where the site leaves no room for it.</summary>
    public static LabHost ExtraMember(LabNetwork network, SiteProxy pool)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(pool);
        var model = network.Hosts.First(h => h.Kind == LabHostKind.Member && h.Part == pool.Name);
        var used = network.Hosts.SelectMany(h => h.Addresses).ToHashSet();
        var subnet = network.Site.Zone(pool.Zone).Subnets.First(s => s.Contains(pool.Address));
        // Addresses that the site file names first: a rule may be written for them.
        var written = network.Site.Proxy(pool.Name).Pool!.Members.FirstOrDefault(a => !used.Contains(a));
        var address = written ?? ZoneAddresses.After(pool.Address, subnet, used)
            ?? throw new LabException($"Subnet {subnet} of pool {pool.Name} has no free address for a further member.", "proxies", pool.Name);
        var number = Enumerable.Range(1, int.MaxValue - 1).First(n => network.Hosts.All(h => h.Name != string.Create(CultureInfo.InvariantCulture, $"{pool.Name}-{n}")));
        return model with
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{pool.Name}-{number}"),
            Interfaces = [model.Interfaces[0] with { Addresses = [new LabAddress(address, subnet.PrefixLength)] }],
            FirstCable = network.Hosts.Max(h => h.FirstCable + h.Interfaces.Count),
        };
    }

    private LabNetwork Build()
    {
        PlaceFirewalls();
        PlaceGateways();
        PlaceProxies();
        foreach (var sensor in _site.Sensors)
        {
            Place(sensor.Name.ToString(), LabHostKind.Sensor, sensor.Name.ToString(), sensor.Zone, [sensor.Address]);
        }

        PlaceServices();
        PlaceClouds();
        return new LabNetwork
        {
            Site = _site,
            Segments = [.. _site.Zones.Select(z => z.Name), SiteZone.Internet, .. _peerings],
            Hosts = [.. _hosts.Select((h, i) => h with { Routes = [.. h.Routes, .. Routes(h)], FirstCable = _hosts.Take(i).Sum(x => x.Interfaces.Count) })],
            Links = _links,
        };
    }

    private void PlaceFirewalls()
    {
        foreach (var firewall in _site.Firewalls)
        {
            foreach (var side in firewall.Sides)
            {
                _sides[(firewall.Name, side.Zone)] = _free.Router(side.Zone);
            }

            _hosts.Add(new LabHost
            {
                Name = firewall.Name,
                Kind = LabHostKind.Firewall,
                Part = firewall.Name,
                Zone = firewall.Sides[0].Zone,
                Interfaces = [.. firewall.Sides.Select(s => new LabInterface(s.Interface, s.Zone, [_sides[(firewall.Name, s.Zone)]]))],
            });
        }
    }

    // One gateway for each zone that links start from, and one for each cloud that they lead to: hosts know one next router, and it chooses the link.
    private void PlaceGateways()
    {
        foreach (var links in _site.PrivateLinks.GroupBy(l => l.From))
        {
            var name = NearGateway(links.Key);
            var side = _sides[(name, links.Key)] = _free.Router(links.Key);
            var outside = Outside(links.SelectMany(l => (IPAddress?[])[l.FromGateway, l.SecondFromGateway]));
            var interfaces = new List<LabInterface>();
            if (outside.Count == 0 || _site.Zone(links.Key).Cloud is not null)
            {
                interfaces.Add(new LabInterface("inside", links.Key, [side]));
                if (outside.Count > 0)
                {
                    interfaces.Add(new LabInterface("outside", SiteZone.Internet, outside));
                }
            }
            else
            {
                // On the premises it stands behind the firewall, with public addresses that the firewall passes on to it.
                interfaces.Add(new LabInterface("inside", links.Key, [side, .. outside]));
            }

            _hosts.Add(new LabHost { Name = name, Kind = LabHostKind.Gateway, Part = name, Zone = links.Key, Interfaces = interfaces });
        }

        foreach (var links in _site.PrivateLinks.GroupBy(l => l.To))
        {
            var name = FarGateway(links.Key);
            var zones = _site.Zones.Where(z => z.Cloud == links.Key).ToList();
            if (zones.Count == 0)
            {
                throw new LabException($"Private link {links.First().Name} leads to cloud {links.Key}, where no zone lies.", "privateLinks", links.First().Name);
            }

            var interfaces = new List<LabInterface>();
            foreach (var zone in zones)
            {
                interfaces.Add(new LabInterface($"inside{interfaces.Count}", zone.Name, [_sides[(name, zone.Name)] = _free.Router(zone.Name)]));
            }

            if (Outside(links.SelectMany(l => (IPAddress?[])[l.ToGateway, l.SecondToGateway])) is { Count: > 0 } outside)
            {
                interfaces.Add(new LabInterface("outside", SiteZone.Internet, outside));
            }

            _hosts.Add(new LabHost { Name = name, Kind = LabHostKind.Gateway, Part = name, Zone = zones[0].Name, Interfaces = interfaces });
        }

        foreach (var link in _site.PrivateLinks.OrderBy(l => l.Priority))
        {
            PlaceLink(link);
        }
    }

    private void PlaceLink(SitePrivateLink link)
    {
        var (near, far) = (NearGateway(link.From), FarGateway(link.To));
        var farZones = _site.Zones.Where(z => z.Cloud == link.To).ToList();
        var farNetworks = farZones.SelectMany(z => z.Subnets).ToList();
        var nearNetworks = _site.Zones.Where(z => z.Cloud != link.To && (z.Name == link.From || Crosses(farZones[0].Name, z.Name, link.From)))
            .SelectMany(z => z.Subnets).ToList();
        _links.Add(new LabLink(link, near, far, nearNetworks, farNetworks, link.Kind == PrivateLinkKind.Vpn ? Tunnels(link) : Peerings(link, near, far)));
    }

    private List<LabPath> Peerings(SitePrivateLink link, string near, string far)
    {
        var paths = new List<LabPath>();
        var number = _links.Count;
        foreach (var network in link.Bgp is { } bgp ? new[] { bgp.Primary }.Concat(bgp.Secondary is { } second ? [second] : [])
            : [IPNetwork.Parse(string.Create(CultureInfo.InvariantCulture, $"198.18.1.{number * 4}/30"))])
        {
            var segment = string.Create(CultureInfo.InvariantCulture, $"{link.Name}-{(paths.Count == 0 ? "primary" : "secondary")}");
            _peerings.Add(segment);
            var path = new LabPath
            {
                Name = segment,
                Segment = segment,
                Device = string.Create(CultureInfo.InvariantCulture, $"peer{number}-{paths.Count + 1}"),
                NearInner = new LabAddress(Nth(network, 1), network.PrefixLength),
                FarInner = new LabAddress(Nth(network, 2), network.PrefixLength),
            };
            AddInterface(near, new LabInterface(path.Device, segment, [path.NearInner]));
            AddInterface(far, new LabInterface(path.Device, segment, [path.FarInner]));
            paths.Add(path);
        }

        return paths;
    }

    // A VPN with BGP or a second tunnel routes into its tunnels: each is an interface with the peering's own addresses. These, and those
    // that the tunnels carry between, are the lab's where the site file has none.
    private List<LabPath> Tunnels(SitePrivateLink link)
    {
        var tunnels = link.Tunnels;
        var paths = new List<LabPath>();
        for (var i = 0; i < tunnels.Count; i++)
        {
            if (link.Bgp is null && tunnels.Count == 1)
            {
                return [new LabPath { Name = link.Name, Tunnel = tunnels[0] }];
            }

            var number = _tunnels++;
            if (number >= MostTunnels)
            {
                throw new LabException($"The lab plays up to {MostTunnels} routed VPN tunnels, and this site has more.", "privateLinks", link.Name);
            }

            var inner = (i == 0 ? link.Bgp?.Primary : link.Bgp?.Secondary) ?? IPNetwork.Parse(string.Create(CultureInfo.InvariantCulture, $"169.254.255.{number * 4}/30"));
            var carrier = IPNetwork.Parse(string.Create(CultureInfo.InvariantCulture, $"198.18.2.{number * 4}/30"));
            paths.Add(new LabPath
            {
                Name = tunnels.Count == 1 ? link.Name : string.Create(CultureInfo.InvariantCulture, $"{link.Name}-tunnel-{i + 1}"),
                Tunnel = tunnels[i],
                Device = string.Create(CultureInfo.InvariantCulture, $"vpn{number}"),
                NearInner = new LabAddress(Nth(inner, 1), inner.PrefixLength),
                FarInner = new LabAddress(Nth(inner, 2), inner.PrefixLength),
                NearCarrier = Nth(carrier, 1),
                FarCarrier = Nth(carrier, 2),
                Number = number,
            });
        }

        return paths;
    }

    private static List<LabAddress> Outside(IEnumerable<IPAddress?> addresses) => [.. addresses.OfType<IPAddress>().Distinct().Select(a => new LabAddress(a, 32))];

    private static string NearGateway(string zone) => $"gw-{zone}";

    // A cloud and a zone may have one name.
    private string FarGateway(string cloud) => _site.PrivateLinks.Any(l => l.From == cloud) ? $"gw-cloud-{cloud}" : $"gw-{cloud}";

    // Whether traffic from a zone in the cloud to another one leaves the cloud by a link from this zone.
    private bool Crosses(string from, string to, string linkFrom) => _map.Way(from, to) is [{ IsLink: true } first, ..] && first.To == linkFrom;

    private void PlaceProxies()
    {
        foreach (var proxy in _site.Proxies)
        {
            if (proxy.Pool is not { } pool)
            {
                Place(proxy.Name, LabHostKind.Proxy, proxy.Name, proxy.Zone, [proxy.Address]);
                continue;
            }

            Place(proxy.Name, LabHostKind.Balancer, proxy.Name, proxy.Zone, [proxy.Address]);
            for (var i = 0; i < pool.Members.Count; i++)
            {
                Place(string.Create(CultureInfo.InvariantCulture, $"{proxy.Name}-{i + 1}"), LabHostKind.Member, proxy.Name, proxy.Zone, [pool.Members[i]]);
            }
        }
    }

    private void PlaceServices()
    {
        foreach (var (zone, address, kind, prefix) in _site.Zones.SelectMany(z => z.DnsServers.Select(a => (z, a, LabHostKind.Resolver, "dns"))
            .Concat(z.NtpServers.Select(a => (z, a, LabHostKind.TimeServer, "time")))))
        {
            if (_hosts.Any(h => h.Addresses.Contains(address)))
            {
                continue;
            }

            // As planning has it: an address in no zone lies outside, or is the cloud's own service inside its network.
            var at = _site.Zones.FirstOrDefault(z => z.Contains(address))?.Name ?? (zone.Cloud is null ? SiteZone.Internet : zone.Name);
            Place($"{prefix}-{address.ToString().Replace('.', '-')}", kind, address.ToString(), at, [address]);
        }
    }

    private void PlaceClouds()
    {
        foreach (var cloud in _site.Clouds.Where(c => c.Endpoints.Count > 0))
        {
            var addresses = cloud.Endpoints.SelectMany(e => e.Addresses).Distinct().Where(a => !_hosts.Any(h => h.Addresses.Contains(a))).ToList();
            if (addresses.Count > 0)
            {
                Place($"cloud-{cloud.Name}", LabHostKind.Cloud, cloud.Name, cloud.Zone, addresses);
            }
        }
    }

    private void Place(string name, LabHostKind kind, string part, string zone, IReadOnlyList<IPAddress> addresses) => _hosts.Add(new LabHost
    {
        Name = name,
        Kind = kind,
        Part = part,
        Zone = zone,
        Interfaces = [new LabInterface("eth0", zone, [.. addresses.Select(a => new LabAddress(a, _free.PrefixLength(zone, a)))])],
        DnsServers = zone == SiteZone.Internet ? [] : _site.Zone(zone).DnsServers,
    });

    private void AddInterface(string host, LabInterface added)
    {
        var index = _hosts.FindIndex(h => h.Name == host);
        _hosts[index] = _hosts[index] with { Interfaces = [.. _hosts[index].Interfaces, added] };
    }
}
