using System.Net;

namespace Culvert.Planning;

/// <summary>Drafts a site file from the chooser's answers and a few facts: a start that is valid and complete, to be filled with the plant's own.</summary>
public static class SiteDraft
{
    private const string Pool = "proxy-pool";
    private const string PoolZone = "proxy-subnet";
    private const string VirtualCloud = "azure";

    // Subnets of the sizes that Azure's gateway and Bastion ask for, in a /25.
    private static readonly IPNetwork Space = IPNetwork.Parse("10.60.0.0/25");
    private static readonly IPNetwork GatewaySubnet = IPNetwork.Parse("10.60.0.0/27");
    private static readonly IPNetwork ProxySubnet = IPNetwork.Parse("10.60.0.32/27");
    private static readonly IPNetwork BastionSubnet = IPNetwork.Parse("10.60.0.64/26");

    /// <summary>Drafts one.</summary>
    public static SiteFile Create(MethodAnswers answers, SiteFacts facts)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(facts);
        var advice = MethodChooser.Choose(answers);
        var isPrivate = advice.Method == ConnectionMethod.CloudProxy || advice.Interconnect is not (null or CloudInterconnect.PublicInternet);
        var inCloud = advice.Method == ConnectionMethod.Multicloud;
        var proxies = advice.Method == ConnectionMethod.ProxyChain ? Chain(facts) : isPrivate ? [PoolOf()] : [];
        return new SiteFile
        {
            Name = facts.Name,
            DisplayName = facts.DisplayName,
            Requirements = Requirements(answers),
            Zones = [.. Zones(facts, advice, isPrivate)],
            Sensors =
            [
                new SiteSensor
                {
                    Name = new SensorId(facts.Sensor), Zone = "sensors", Address = facts.SensorAddress, Method = advice.Method,
                    Cloud = CloudName(facts, isPrivate),
                    Monitors = [new SiteMonitor("eth1", "sensors")],
                    Routes = [new SiteRoute { Name = "main", Hops = [.. proxies.Select(p => p.Name)] }],
                },
            ],
            Proxies = proxies,
            Firewalls = [.. Firewalls(facts, proxies, isPrivate, inCloud)],
            PrivateLinks = isPrivate ? [Link(facts, answers, advice)] : [],
            Clouds = [.. Clouds(facts, isPrivate, inCloud)],
        };
    }

    private static SiteRequirements Requirements(MethodAnswers a) => a.SeveralClouds
        ? new() { PrivateConnectivity = a.PrivateConnectivity, PredictableThroughput = a.PredictableThroughput, ServiceLevelAgreement = a.ServiceLevelAgreement, HighVolume = a.HighVolume, AvoidInternet = a.AvoidInternet, OwnRouters = a.OwnRouters }
        : new() { PrivateConnectivity = a.PrivateConnectivity, ProxyToLeaveOt = a.ProxyToLeaveOt, SinglePoint = a.SinglePoint };

    private static IEnumerable<SiteZone> Zones(SiteFacts facts, MethodAdvice advice, bool isPrivate)
    {
        var inCloud = advice.Method == ConnectionMethod.Multicloud;
        yield return new SiteZone { Name = "sensors", PurdueLevel = inCloud ? null : PurdueLevel.Parse("2"), Cloud = inCloud ? Word(facts.SensorCloud) : null, Subnets = [facts.SensorNetwork] };
        if (advice.Method == ConnectionMethod.ProxyChain)
        {
            foreach (var (zone, level, network) in Levels(facts))
            {
                yield return new SiteZone { Name = zone, PurdueLevel = level, Subnets = [network] };
            }
        }

        if (isPrivate)
        {
            // 168.63.129.16 is Azure's own resolver, the same in every virtual network.
            yield return new SiteZone { Name = PoolZone, Cloud = VirtualCloud, Subnets = [ProxySubnet], DnsServers = [IPAddress.Parse("168.63.129.16")] };
        }
    }

    private static IEnumerable<(string Zone, PurdueLevel Level, IPNetwork Network)> Levels(SiteFacts facts)
    {
        if (facts.PlantProxyNetwork is null && facts.DmzProxyNetwork is null)
        {
            yield return ("dmz", PurdueLevel.IndustrialDmz, IPNetwork.Parse("10.10.35.0/24"));
        }

        if (facts.PlantProxyNetwork is { } plant)
        {
            yield return ("operations", PurdueLevel.Parse("3"), plant);
        }

        if (facts.DmzProxyNetwork is { } dmz)
        {
            yield return ("dmz", PurdueLevel.IndustrialDmz, dmz);
        }
    }

    private static IReadOnlyList<SiteProxy> Chain(SiteFacts facts) =>
        [.. Levels(facts).Select(l => new SiteProxy { Name = l.Zone == "dmz" ? "dmz-proxy" : "plant-proxy", Kind = facts.ProxyKind, Zone = l.Zone, Address = Nth(l.Network, 5) })];

    private static SiteProxy PoolOf() => new()
    {
        Name = Pool,
        Kind = ProxyKind.Culvert,
        Zone = PoolZone,
        Address = Nth(ProxySubnet, 8),
        IdleTimeout = TimeSpan.FromMinutes(4),
        Pool = new SiteProxyPool([Nth(ProxySubnet, 9), Nth(ProxySubnet, 10)], 2, 10),
    };

    private static IEnumerable<SiteFirewall> Firewalls(SiteFacts facts, IReadOnlyList<SiteProxy> proxies, bool isPrivate, bool inCloud)
    {
        var zones = proxies.Where(p => p.Zone != PoolZone).Select(p => p.Zone).Prepend("sensors").ToList();
        for (var i = 0; !inCloud && i + 1 < zones.Count; i++)
        {
            yield return Firewall(i == 0 ? "plant-firewall" : "dmz-firewall", facts.FirewallKind, zones[i], zones[i + 1]);
        }

        if (!inCloud || !isPrivate)
        {
            yield return Firewall("edge-firewall", inCloud ? FirewallKind.Other : facts.FirewallKind, zones[^1], SiteZone.Internet);
        }

        if (isPrivate)
        {
            yield return new SiteFirewall { Name = "proxy-nsg", Kind = FirewallKind.AzureNsg, Sides = [new(PoolZone, "ProxyserverSubnet"), new(SiteZone.Internet, "Internet")] };
        }
    }

    private static SiteFirewall Firewall(string name, FirewallKind kind, string inner, string outer) =>
        new() { Name = name, Kind = kind, Sides = [new(inner, kind is FirewallKind.Nftables or FirewallKind.Iptables ? "eth0" : "inside"), new(outer, kind is FirewallKind.Nftables or FirewallKind.Iptables ? "eth1" : "outside")] };

    private static SitePrivateLink Link(SiteFacts facts, MethodAnswers answers, MethodAdvice advice)
    {
        var kind = advice.Interconnect switch
        {
            CloudInterconnect.ExpressRouteOwnRouters => PrivateLinkKind.ExpressRouteOwnRouters,
            CloudInterconnect.ExpressRouteExchange => PrivateLinkKind.ExpressRouteExchange,
            null when answers.ExpressRoute => PrivateLinkKind.ExpressRouteExchange,
            _ => PrivateLinkKind.Vpn,
        };
        return kind == PrivateLinkKind.Vpn
            ? new SitePrivateLink
            {
                Name = "cloud-vpn",
                Kind = kind,
                From = "sensors",
                To = VirtualCloud,
                FromGateway = facts.FromGateway,
                ToGateway = facts.ToGateway,
                PreSharedKey = new SecretReference(SecretPlace.Environment, "CULVERT_VPN_KEY"),
                // Between clouds routes are learned; Google Cloud knows no other way.
                Bgp = answers.SeveralClouds ? new SiteBgp { FromAsn = 64512, ToAsn = 65515, Primary = IPNetwork.Parse("169.254.21.0/30"), Secondary = IPNetwork.Parse("169.254.22.0/30") } : null,
            }
            : new SitePrivateLink
            {
                Name = "private-peering",
                Kind = kind,
                From = "sensors",
                To = VirtualCloud,
                Bgp = new SiteBgp { FromAsn = 64512, ToAsn = 12076, Primary = IPNetwork.Parse("172.16.0.0/30"), Secondary = IPNetwork.Parse("172.16.0.4/30"), VlanId = 100, Bfd = true },
            };
    }

    private static IEnumerable<SiteCloud> Clouds(SiteFacts facts, bool isPrivate, bool inCloud)
    {
        SiteEndpoint[] endpoints = [.. Enum.GetValues<CloudService>().Select(s => new SiteEndpoint(new CloudEndpoint(s, new HostPort(facts.Hosts[s], 443)), []))];
        var reported = CloudName(facts, isPrivate);
        if (inCloud && Word(facts.SensorCloud) != reported)
        {
            yield return new SiteCloud { Name = Word(facts.SensorCloud), Kind = facts.SensorCloud };
        }

        if (isPrivate)
        {
            yield return new SiteCloud
            {
                Name = VirtualCloud,
                Kind = CloudKind.Azure,
                Endpoints = reported == VirtualCloud ? endpoints : [],
                VirtualNetwork = new SiteVirtualNetwork { Name = "culvert-vnet", Region = facts.Region, AddressSpace = Space, GatewaySubnet = GatewaySubnet, ProxySubnet = ProxySubnet, BastionSubnet = BastionSubnet },
            };
        }

        if (!isPrivate || reported != VirtualCloud)
        {
            yield return new SiteCloud { Name = reported, Kind = facts.Cloud, Endpoints = endpoints };
        }
    }

    private static string CloudName(SiteFacts facts, bool isPrivate) => facts.Cloud == CloudKind.Culvert ? "portal" : isPrivate && facts.Cloud == CloudKind.Azure ? VirtualCloud : Word(facts.Cloud);

    private static string Word(CloudKind kind) => Words.Camel(kind);

    private static IPAddress Nth(IPNetwork network, int n)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var i = bytes.Length - 1; n > 0; i--)
        {
            n += bytes[i];
            bytes[i] = (byte)n;
            n >>= 8;
        }

        return new IPAddress(bytes);
    }
}
