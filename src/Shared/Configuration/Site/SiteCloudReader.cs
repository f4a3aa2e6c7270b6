namespace Culvert.Configuration;

/// <summary>Reads a cloud.</summary>
internal static class SiteCloudReader
{
    public static SiteCloud Read(SettingsMapping m) => new()
    {
        Name = m.Required("name", Setting.Name),
        Kind = m.Required("kind", Setting.Word<CloudKind>()),
        Zone = m.Optional("zone", Setting.Name) ?? SiteZone.Internet,
        Endpoints = [.. m.Mappings("endpoints").Select(ReadEndpoint).OfType<SiteEndpoint>()],
        ComingEndpoints = [.. m.Mappings("comingEndpoints").Select(ReadComing).OfType<SiteComingEndpoint>()],
        VirtualNetwork = ReadNetwork(m.Mapping("virtualNetwork")),
    };

    private static SiteEndpoint? ReadEndpoint(SettingsMapping m)
    {
        var service = m.Required("service", Setting.Word<CloudService>());
        var host = m.Required("host", Setting.Host);
        var port = m.Optional("port", Setting.Port, 443);
        var addresses = m.List("addresses", Setting.Address);
        return string.IsNullOrEmpty(host) ? null : new SiteEndpoint(new CloudEndpoint(service, new HostPort(host, port)), addresses);
    }

    private static SiteComingEndpoint? ReadComing(SettingsMapping m)
    {
        var service = m.Required("service", Setting.Word<CloudService>());
        var host = m.Required("host", Setting.Host);
        var port = m.Optional("port", Setting.Port, 443);
        var from = m.Required("neededFrom", Setting.Name);
        return string.IsNullOrEmpty(host) ? null : new SiteComingEndpoint(new CloudEndpoint(service, new HostPort(host, port)), from);
    }

    private static SiteVirtualNetwork? ReadNetwork(SettingsMapping? m)
    {
        if (m is null)
        {
            return null;
        }

        var network = new SiteVirtualNetwork
        {
            Name = m.Required("name", Setting.Name),
            Region = m.Required("region", Setting.Name),
            AddressSpace = m.Required("addressSpace", Setting.Network),
            GatewaySubnet = m.OptionalValue("gatewaySubnet", Setting.Network),
            ProxySubnet = m.OptionalValue("proxySubnet", Setting.Network),
            BastionSubnet = m.OptionalValue("bastionSubnet", Setting.Network),
        };

        CheckSubnets(m, network);
        return network;
    }

    private static void CheckSubnets(SettingsMapping m, SiteVirtualNetwork network)
    {
        // Azure's own minimum sizes: a gateway subnet of /27 takes both gateways, Bastion refuses less than /26.
        (string Key, System.Net.IPNetwork? Subnet, int Largest)[] subnets =
            [("gatewaySubnet", network.GatewaySubnet, 27), ("proxySubnet", network.ProxySubnet, 27), ("bastionSubnet", network.BastionSubnet, 26)];
        var seen = new List<(string Key, System.Net.IPNetwork Subnet)>();
        foreach (var (key, subnet, largest) in subnets)
        {
            if (subnet is not { } given)
            {
                continue;
            }

            if (given.PrefixLength > largest)
            {
                m.Mistake(key, $"'{given}'", $"expected /{largest} or larger");
            }

            if (!network.AddressSpace.Contains(given.BaseAddress) || given.PrefixLength < network.AddressSpace.PrefixLength)
            {
                m.Mistake(key, $"'{given}'", $"expected a part of addressSpace, {network.AddressSpace}");
            }

            foreach (var other in seen.Where(o => Networks.Overlap(o.Subnet, given)))
            {
                m.Mistake(key, $"'{given}', which overlaps {other.Key}", "expected a subnet of its own");
            }

            seen.Add((key, given));
        }
    }
}
