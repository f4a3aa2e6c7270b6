using System.Net;

namespace Culvert.Planning;

/// <summary>Derives every flow that a site needs, and none besides: tunnels hop by hop, names and time where they are configured, the VPN's own.</summary>
public static class FlowPlanner
{
    /// <summary>The flows, in a fixed order, each once.</summary>
    public static IReadOnlyList<PlannedFlow> Plan(SiteFile site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var flows = new List<PlannedFlow>();
        foreach (var sensor in site.Sensors.Where(s => s.Mode == SensorMode.CloudConnected))
        {
            var at = new Place(sensor.Name.ToString(), sensor.Zone, [Single(sensor.Address)]);
            if (sensor.Routes.Count == 0)
            {
                Endpoints(at, site.Cloud(sensor.Cloud!), flows);
            }

            foreach (var route in sensor.Routes)
            {
                AddRoute(site, sensor, route, at, flows);
            }

            AddTime(site, at, flows);
        }

        // The gateway of a zone in a cloud is the cloud's own and needs no rule of ours.
        foreach (var link in site.PrivateLinks.Where(l => l is { Kind: PrivateLinkKind.Vpn, FromGateway: not null, ToGateway: not null } && site.Zone(l.From).Cloud is null))
        {
            AddVpn(link, flows);
        }

        return [.. flows.GroupBy(f => (f.From, f.To, f.ToZone, f.Protocol, f.Port)).Select(Merge)];
    }

    /// <summary>Who connects to a proxy: sensors and proxies before it, on any route.</summary>
    public static IReadOnlyList<IPNetwork> ClientsOf(SiteFile site, SiteProxy proxy) =>
        [.. Plan(site).Where(f => f.To == proxy.Name && f.Port == proxy.Port).SelectMany(f => f.Sources).Concat(proxy.AllowedSources).Distinct().OrderBy(n => n.ToString(), StringComparer.Ordinal)];

    /// <summary>Where a proxy must lead: the cloud endpoints, and the next hops of nested routes.</summary>
    public static IReadOnlyList<HostPort> DestinationsOf(SiteFile site, SiteProxy proxy)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(proxy);
        var destinations = new List<HostPort>();
        foreach (var sensor in site.Sensors.Where(s => s.Mode == SensorMode.CloudConnected))
        {
            foreach (var route in sensor.Routes)
            {
                for (var i = 0; i < route.Hops.Count; i++)
                {
                    if (!Behind(site, route.Hops[i]).Contains(proxy.Name))
                    {
                        continue;
                    }

                    // Nested, the sensor asks a hop for the next one; forwarded, or last, for the cloud itself. Parents are asked the same.
                    if (route.Chaining == HopReach.Nested && i + 1 < route.Hops.Count)
                    {
                        destinations.Add(site.Proxy(route.Hops[i + 1]).Listen);
                    }
                    else
                    {
                        destinations.AddRange(site.Cloud(sensor.Cloud!).Endpoints.Select(e => e.Endpoint.Address));
                    }
                }
            }
        }

        return [.. destinations.Distinct().OrderBy(d => d.ToString(), StringComparer.Ordinal)];
    }

    // A proxy and all its parents, parents' parents and so on.
    private static HashSet<string> Behind(SiteFile site, string name)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>([name]);
        while (open.TryDequeue(out var next))
        {
            if (found.Add(next))
            {
                site.Proxy(next).Parents.ToList().ForEach(open.Enqueue);
            }
        }

        return found;
    }

    private static void AddRoute(SiteFile site, SiteSensor sensor, SiteRoute route, Place at, List<PlannedFlow> flows)
    {
        var cloud = site.Cloud(sensor.Cloud!);
        foreach (var hop in route.Hops)
        {
            var proxy = site.Proxy(hop);
            flows.Add(ToProxy(at, proxy, $"route {route.Name} of {sensor.Name}"));
            at = Out(site, proxy);
        }

        if (route.Hops.Count == 0)
        {
            Endpoints(at, cloud, flows);
            AddNames(site, at, flows);
            return;
        }

        AddOnwards(site, site.Proxy(route.Hops[^1]), cloud, flows, []);
    }

    private static void AddOnwards(SiteFile site, SiteProxy proxy, SiteCloud cloud, List<PlannedFlow> flows, HashSet<string> seen)
    {
        if (!seen.Add(proxy.Name))
        {
            return;
        }

        var at = Out(site, proxy);
        foreach (var parent in proxy.Parents.Select(site.Proxy))
        {
            flows.Add(ToProxy(at, parent, $"{proxy.Name} forwards to its parent"));
            if (ProxySources.FrontsOf(site, parent).Any(at.Addresses.Contains))
            {
                flows.Add(ToProxy(at, parent, "health, without which a front cannot know which proxy reaches the cloud") with { Port = ProxyHealth.PortOf(parent) });
            }

            AddOnwards(site, parent, cloud, flows, seen);
        }

        if (proxy.Parents.Count == 0)
        {
            Endpoints(at, cloud, flows);
            AddNames(site, at, flows);
        }
    }

    private static Place Out(SiteFile site, SiteProxy proxy) => new(proxy.Name, proxy.Zone, OutgoingOf(site, proxy));

    // A pool is reached at its balancer and dials from its members. In a zone of its own scaling may add members anywhere; where others
    // stand too, the whole subnet would open for them what only the pool may do, so its members alone are meant.
    private static IReadOnlyList<IPNetwork> OutgoingOf(SiteFile site, SiteProxy proxy) =>
        proxy.Pool is null ? [Single(proxy.Address)]
        : IsAlone(site, proxy) ? site.Zone(proxy.Zone).Subnets
        : [.. proxy.Pool.Members.Select(Single)];

    private static bool IsAlone(SiteFile site, SiteProxy proxy) =>
        !site.Proxies.Any(p => p.Zone == proxy.Zone && p.Name != proxy.Name) && !site.Sensors.Any(s => s.Zone == proxy.Zone);

    private static PlannedFlow ToProxy(Place at, SiteProxy proxy, string reason) => new()
    {
        From = at.Name,
        FromZone = at.Zone,
        Sources = at.Addresses,
        To = proxy.Name,
        ToZone = proxy.Zone,
        Destinations = [Single(proxy.Address)],
        Port = proxy.Port,
        Reason = reason,
    };

    private static void Endpoints(Place at, SiteCloud cloud, List<PlannedFlow> flows) =>
        flows.AddRange(cloud.Endpoints.Select(e => new PlannedFlow
        {
            From = at.Name,
            FromZone = at.Zone,
            Sources = at.Addresses,
            To = e.Endpoint.Address.Host,
            ToZone = cloud.Zone,
            Destinations = [.. e.Addresses.Select(Single)],
            Port = e.Endpoint.Address.Port,
            Reason = Words.Camel(e.Endpoint.Service),
        }));

    private static void AddNames(SiteFile site, Place at, List<PlannedFlow> flows)
    {
        foreach (var server in site.Zone(at.Zone).DnsServers)
        {
            foreach (var protocol in (FlowProtocol[])[FlowProtocol.Udp, FlowProtocol.Tcp])
            {
                flows.Add(Service(site, at, server, protocol, 53, "resolves the names of the cloud endpoints"));
            }
        }
    }

    private static void AddTime(SiteFile site, Place at, List<PlannedFlow> flows) =>
        flows.AddRange(site.Zone(at.Zone).NtpServers.Select(s => Service(site, at, s, FlowProtocol.Udp, 123, "keeps the clock right, without which no certificate is valid")));

    private static PlannedFlow Service(SiteFile site, Place at, IPAddress server, FlowProtocol protocol, int port, string reason) => new()
    {
        From = at.Name,
        FromZone = at.Zone,
        Sources = at.Addresses,
        To = server.ToString(),
        // An address in no zone of the site lies outside, or is the cloud's own service inside its network.
        ToZone = site.Zones.FirstOrDefault(z => z.Contains(server))?.Name ?? (site.Zone(at.Zone).Cloud is null ? SiteZone.Internet : at.Zone),
        Destinations = [Single(server)],
        Protocol = protocol,
        Port = port,
        Reason = reason,
    };

    // Each of up to two tunnels joins the gateways in the same place; an end with one gateway has it in both.
    private static void AddVpn(SitePrivateLink link, List<PlannedFlow> flows)
    {
        foreach (var (index, tunnel) in link.Tunnels.Index())
        {
            foreach (var (protocol, port, reason) in ((FlowProtocol, int, string)[])
                [(FlowProtocol.Udp, 500, "IKEv2"), (FlowProtocol.Udp, 4500, "IKEv2 and ESP behind address translation"), (FlowProtocol.Esp, 0, "the tunnel itself")])
            {
                flows.Add(new PlannedFlow
                {
                    From = $"{link.Name}-gateway{(index == 0 ? "" : "-2")}",
                    FromZone = link.From,
                    Sources = [Single(tunnel.From)],
                    To = $"{link.To}-gateway{(index == 0 || link.SecondToGateway is null ? "" : "-2")}",
                    ToZone = SiteZone.Internet,
                    Destinations = [Single(tunnel.To)],
                    Protocol = protocol,
                    Port = port,
                    Reason = reason,
                });
            }
        }
    }

    // The portal serves five services at one place: one rule, with all reasons.
    private static PlannedFlow Merge(IEnumerable<PlannedFlow> same)
    {
        var all = same.ToList();
        return all[0] with
        {
            Reason = string.Join(", ", all.Select(f => f.Reason).Distinct()),
            Destinations = [.. all.SelectMany(f => f.Destinations).Distinct()],
        };
    }

    private static IPNetwork Single(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);

    private sealed record Place(string Name, string Zone, IReadOnlyList<IPNetwork> Addresses);
}
