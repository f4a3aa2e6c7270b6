using System.Globalization;

namespace Culvert.Planning;

/// <summary>The Azure end of private links: VPN gateway with its connections, or ExpressRoute circuit with its peering and gateway.</summary>
internal sealed class AzureLinkBuilder(AzurePool pool, AzureResource network, AzureExpression gatewaySubnet)
{
    private const string Api = "2024-05-01";
    private static readonly AzureExpression Location = AzureExpression.Parameter("location");

    public IEnumerable<AzureResource> Build(List<AzureParameter> parameters)
    {
        var resources = new List<AzureResource>();
        var vpns = pool.Links.Where(l => l.Kind == PrivateLinkKind.Vpn).ToList();
        if (vpns.Count > 0)
        {
            BuildVpn(vpns, parameters, resources);
        }

        var circuits = pool.Links.Where(l => l.Kind != PrivateLinkKind.Vpn).ToList();
        if (circuits.Count > 0)
        {
            BuildExpressRoute(circuits, parameters, resources);
        }

        return resources;
    }

    private void BuildVpn(List<SitePrivateLink> links, List<AzureParameter> parameters, List<AzureResource> resources)
    {
        var isDouble = links.Exists(l => l.SecondToGateway is not null);
        var bgp = links.Select(l => l.Bgp).FirstOrDefault(b => b is not null);
        var addresses = new List<AzureResource>();
        for (var i = 1; i <= (isDouble ? 2 : 1); i++)
        {
            addresses.Add(Address($"vpnAddress{i}", $"vpn-address-{i}", "A public address of the VPN gateway: the site file's toGateway must be it."));
        }

        resources.AddRange(addresses);
        var properties = new List<(string, AzureValue)>
        {
            ("gatewayType", "Vpn"), ("vpnType", "RouteBased"), ("vpnGatewayGeneration", "Generation1"), ("sku", Sku("VpnGw1AZ")), ("activeActive", isDouble), ("enableBgp", bgp is not null),
            ("ipConfigurations", new AzureList([.. addresses.Select(a => IpConfiguration(a))])),
        };
        if (bgp is not null)
        {
            properties.Add(("bgpSettings", new AzureGroup(("asn", new AzureNumber(bgp.ToAsn)))));
        }

        var gateway = new AzureResource("vpnGateway", "Microsoft.Network/virtualNetworkGateways", Api, $"{pool.Network.Name}-vpn", "The VPN's end in the virtual network.", ("location", Location), ("properties", new AzureGroup([.. properties])))
        { DependsOn = [network, .. addresses] };
        resources.Add(gateway);
        foreach (var (index, link) in links.Index())
        {
            var secret = string.Create(CultureInfo.InvariantCulture, $"sharedKey{index + 1}");
            parameters.Add(new AzureParameter(secret, $"The shared key of {link.Name}{(link.PreSharedKey is { } place ? $", kept in {place}" : "")}.", IsSecret: true));
            foreach (var (tunnelIndex, near) in new[] { link.FromGateway, link.SecondFromGateway }.OfType<System.Net.IPAddress>().Index())
            {
                Connect(link, index, tunnelIndex, near.ToString(), gateway, secret, resources);
            }
        }
    }

    private void Connect(SitePrivateLink link, int index, int tunnel, string near, AzureResource gateway, string secret, List<AzureResource> resources)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"{index + 1}{(tunnel == 0 ? "" : "b")}");
        var settings = new List<(string, AzureValue)> { ("gatewayIpAddress", near) };
        var peering = tunnel == 0 ? link.Bgp?.Primary : link.Bgp?.Secondary;
        if (link.Bgp is { } bgp && peering is { } inside)
        {
            settings.Add(("bgpSettings", new AzureGroup(("asn", new AzureNumber(bgp.FromAsn)), ("bgpPeeringAddress", PeerAddresses.Near(inside).ToString()))));
        }
        else
        {
            settings.Add(("localNetworkAddressSpace", new AzureGroup(("addressPrefixes", AzureList.Of(pool.NetworksBehind(link).Select(n => n.ToString()))))));
        }

        var local = new AzureResource($"near{suffix}", "Microsoft.Network/localNetworkGateways", Api, $"{link.Name}{(tunnel == 0 ? "" : "-2")}-near", $"The near end of {link.Name}.", ("location", Location), ("properties", new AzureGroup([.. settings])));
        resources.Add(local);
        // AES-256 with GCM throughout; Azure's defaults would also take weaker ones.
        resources.Add(new AzureResource($"tunnel{suffix}", "Microsoft.Network/connections", Api, $"{link.Name}{(tunnel == 0 ? "" : "-2")}", $"The tunnel of {link.Name}.",
            ("location", Location),
            ("properties", new AzureGroup(
                ("connectionType", "IPsec"), ("connectionProtocol", "IKEv2"),
                ("virtualNetworkGateway1", new AzureGroup(("id", gateway.Id), ("properties", new AzureGroup()))),
                ("localNetworkGateway2", new AzureGroup(("id", local.Id), ("properties", new AzureGroup()))),
                ("enableBgp", link.Bgp is not null && peering is not null), ("sharedKey", AzureExpression.Parameter(secret)),
                ("ipsecPolicies", new AzureList(new AzureGroup(
                    ("ikeEncryption", "GCMAES256"), ("ikeIntegrity", "SHA384"), ("dhGroup", "ECP384"), ("ipsecEncryption", "GCMAES256"), ("ipsecIntegrity", "GCMAES256"), ("pfsGroup", "ECP384"),
                    ("saLifeTimeSeconds", 3600), ("saDataSizeKilobytes", 102400000)))))))
        { DependsOn = [gateway, local] });
    }

    private void BuildExpressRoute(List<SitePrivateLink> links, List<AzureParameter> parameters, List<AzureResource> resources)
    {
        var address = Address("circuitAddress", "expressroute-address", "A public address that the ExpressRoute gateway must have, and that carries no traffic of ours.");
        resources.Add(address);
        var gateway = new AzureResource("circuitGateway", "Microsoft.Network/virtualNetworkGateways", Api, $"{pool.Network.Name}-expressroute", "The ExpressRoute's end in the virtual network.",
            ("location", Location), ("properties", new AzureGroup(("gatewayType", "ExpressRoute"), ("sku", Sku("ErGw1AZ")), ("ipConfigurations", new AzureList(IpConfiguration(address))))))
        { DependsOn = [network, address] };
        resources.Add(gateway);
        parameters.Add(new AzureParameter("circuitProvider", "The ExpressRoute connectivity provider, as Azure names it."));
        parameters.Add(new AzureParameter("circuitLocation", "The peering location, as Azure names it."));
        foreach (var (index, link) in links.Index())
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $"{index + 1}");
            var peering = new List<(string, AzureValue)> { ("peeringType", "AzurePrivatePeering"), ("peerASN", new AzureNumber(link.Bgp!.FromAsn)), ("primaryPeerAddressPrefix", link.Bgp.Primary.ToString()) };
            // Azure wants both, for a circuit has two paths: the second /30 follows the first where none is written.
            peering.Add(("secondaryPeerAddressPrefix", (link.Bgp.Secondary ?? PeerAddresses.Next(link.Bgp.Primary)).ToString()));
            peering.Add(("vlanId", link.Bgp.VlanId ?? 100));
            var circuit = new AzureResource($"circuit{suffix}", "Microsoft.Network/expressRouteCircuits", Api, link.Name,
                link.Kind == PrivateLinkKind.ExpressRouteExchange ? "The circuit; give its service key to the exchange provider." : "The circuit; give its service key to the provider of the line to your routers.",
                ("location", Location), ("sku", new AzureGroup(("name", "Standard_MeteredData"), ("tier", "Standard"), ("family", "MeteredData"))),
                ("properties", new AzureGroup(
                    ("serviceProviderProperties", new AzureGroup(("serviceProviderName", AzureExpression.Parameter("circuitProvider")), ("peeringLocation", AzureExpression.Parameter("circuitLocation")), ("bandwidthInMbps", link.BandwidthMbps ?? 50))),
                    ("peerings", new AzureList(new AzureGroup(("name", "AzurePrivatePeering"), ("properties", new AzureGroup([.. peering]))))))));
            resources.Add(circuit);
            resources.Add(new AzureResource($"circuitConnection{suffix}", "Microsoft.Network/connections", Api, $"{link.Name}-connection", $"Joins {link.Name} to the virtual network, once the provider has provisioned the circuit.",
                ("location", Location),
                ("properties", new AzureGroup(("connectionType", "ExpressRoute"), ("virtualNetworkGateway1", new AzureGroup(("id", gateway.Id), ("properties", new AzureGroup()))), ("peer", new AzureGroup(("id", circuit.Id))))))
            { DependsOn = [gateway, circuit] });
        }
    }

    private static AzureResource Address(string symbol, string name, string comment) => new(symbol, "Microsoft.Network/publicIPAddresses", Api, name, comment,
        ("location", Location), ("sku", new AzureGroup(("name", "Standard"))), ("zones", AzureList.Of(["1", "2", "3"])), ("properties", new AzureGroup(("publicIPAllocationMethod", "Static"))));

    private static AzureGroup Sku(string name) => new(("name", name), ("tier", name));

    private AzureGroup IpConfiguration(AzureResource address) => new(("name", address.Name), ("properties", new AzureGroup(("subnet", new AzureGroup(("id", gatewaySubnet))), ("publicIPAddress", new AzureGroup(("id", address.Id))))));
}
