using System.Globalization;
using System.Text.Json;

namespace Culvert.Planning;

/// <summary>The template of a proxy pool: virtual network, security group, scale set with autoscale, internal load balancer, NAT gateway, diagnostics, gateway.</summary>
internal sealed class AzureTemplateBuilder
{
    private const string NetworkApi = "2024-05-01";
    private const string ComputeApi = "2024-07-01";
    private const string ProxySubnetName = "ProxyserverSubnet";
    private static readonly AzureExpression Location = AzureExpression.Parameter("location");
    private static readonly AzureList Zones = AzureList.Of(["1", "2", "3"]);

    private readonly AzurePool _pool;
    private readonly List<AzureResource> _resources = [];
    private readonly List<AzureParameter> _parameters = [];

    private AzureTemplateBuilder(AzurePool pool) => _pool = pool;

    public static AzureTemplate Build(AzurePool pool)
    {
        var builder = new AzureTemplateBuilder(pool);
        builder.Run();
        return new AzureTemplate($"Proxy pool {pool.Proxy.Name} of {pool.Site.DisplayName} in virtual network {pool.Network.Name}", builder._parameters,
            [("cloudInit", "cloud-init.yaml", CloudInitWriter.Write(pool.Site, pool.Proxy))], builder._resources);
    }

    private void Run()
    {
        _parameters.Add(new AzureParameter("location", "The region.", Default: _pool.Network.Region));
        _parameters.Add(new AzureParameter("logAnalyticsWorkspaceId", "Resource id of the Log Analytics workspace that takes the diagnostics."));
        _parameters.Add(new AzureParameter("adminName", "User name of whoever may sign in to the machines."));
        _parameters.Add(new AzureParameter("adminPublicKey", "Public SSH key of whoever may sign in to the machines, over Azure Bastion only."));
        var nsg = Add(Nsg());
        var address = Add(PublicAddress("natAddress", "nat-address", "The one address that the cloud endpoints see."));
        var nat = Add(new AzureResource("nat", "Microsoft.Network/natGateways", NetworkApi, $"{_pool.Proxy.Name}-nat", "Leads the pool out.",
            ("location", Location), ("sku", new AzureGroup(("name", "Standard"))),
            ("properties", new AzureGroup(("idleTimeoutInMinutes", _pool.IdleMinutes), ("publicIpAddresses", new AzureList(new AzureGroup(("id", address.Id)))))))
        { DependsOn = [address] });
        var network = Add(Network(nsg, nat));
        var balancer = Add(Balancer(network));
        var scaleSet = Add(ScaleSet(network, balancer));
        Add(Autoscale(scaleSet));
        Add(Diagnostics("nsgDiagnostics", nsg, "logs", "allLogs"));
        Add(Diagnostics("balancerDiagnostics", balancer, "metrics", "AllMetrics"));
        if (_pool.Network.GatewaySubnet is not null)
        {
            var links = new AzureLinkBuilder(_pool, network, SubnetId(network, "GatewaySubnet"));
            foreach (var resource in links.Build(_parameters))
            {
                Add(resource);
            }
        }
    }

    private AzureResource Add(AzureResource resource)
    {
        _resources.Add(resource);
        return resource;
    }

    private static AzureResource PublicAddress(string symbol, string name, string comment) => new(symbol, "Microsoft.Network/publicIPAddresses", NetworkApi, name, comment,
        ("location", Location), ("sku", new AzureGroup(("name", "Standard"))), ("zones", Zones), ("properties", new AzureGroup(("publicIPAllocationMethod", "Static"))));

    private AzureResource Nsg()
    {
        using var rules = JsonDocument.Parse(AzureNsgWriter.Write(_pool.Site, _pool.Nsg, RulePlanner.Plan(_pool.Site, _pool.Nsg)));
        return new AzureResource("nsg", "Microsoft.Network/networkSecurityGroups", NetworkApi, _pool.Nsg.Name, "Who may ask the pool, and where it may go; everything else is denied.",
            ("location", Location), ("properties", new AzureGroup(("securityRules", FromJson(rules.RootElement)))));
    }

    private AzureResource Network(AzureResource nsg, AzureResource nat)
    {
        var subnets = new List<AzureValue>();
        if (_pool.Network.GatewaySubnet is { } gateway)
        {
            subnets.Add(Subnet("GatewaySubnet", gateway.ToString()));
        }

        subnets.Add(Subnet(ProxySubnetName, _pool.Network.ProxySubnet!.Value.ToString(), ("networkSecurityGroup", new AzureGroup(("id", nsg.Id))), ("natGateway", new AzureGroup(("id", nat.Id)))));
        if (_pool.Network.BastionSubnet is { } bastion)
        {
            subnets.Add(Subnet("AzureBastionSubnet", bastion.ToString()));
        }

        return new AzureResource("network", "Microsoft.Network/virtualNetworks", NetworkApi, _pool.Network.Name, "The virtual network, with a subnet for each part.",
            ("location", Location),
            ("properties", new AzureGroup(("addressSpace", new AzureGroup(("addressPrefixes", AzureList.Of([_pool.Network.AddressSpace.ToString()])))), ("subnets", new AzureList([.. subnets])))))
        { DependsOn = [nsg, nat] };
    }

    private static AzureGroup Subnet(string name, string prefix, params (string, AzureValue)[] more) => new(("name", name), ("properties", new AzureGroup([("addressPrefix", prefix), .. more])));

    private static AzureExpression SubnetId(AzureResource network, string subnet) =>
        new($"resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, '{subnet}')", $"resourceId('Microsoft.Network/virtualNetworks/subnets', '{network.Name}', '{subnet}')");

    private AzureResource Balancer(AzureResource network)
    {
        var name = $"{_pool.Proxy.Name}-balancer";
        AzureExpression Part(string kind, string part) => new($"resourceId('Microsoft.Network/loadBalancers/{kind}', '{name}', '{part}')", $"resourceId('Microsoft.Network/loadBalancers/{kind}', '{name}', '{part}')");
        // A TCP probe would know that the port is open; this one knows whether the proxy could open a tunnel now. Squid has no such page.
        (string, AzureValue)[] probe = _pool.Proxy.Kind == ProxyKind.Culvert
            ? [("protocol", "Http"), ("port", ProxyHealth.PortOf(_pool.Proxy)), ("requestPath", ProxyHealth.Path)]
            : [("protocol", "Tcp"), ("port", _pool.Proxy.Port)];
        return new AzureResource("balancer", "Microsoft.Network/loadBalancers", NetworkApi, name, "The one address that sensors know, spread over the members that are well.",
            ("location", Location), ("sku", new AzureGroup(("name", "Standard"))),
            ("properties", new AzureGroup(
                ("frontendIPConfigurations", new AzureList(new AzureGroup(("name", "sensors"), ("zones", Zones), ("properties", new AzureGroup(
                    ("privateIPAddress", _pool.Proxy.Address.ToString()), ("privateIPAllocationMethod", "Static"), ("subnet", new AzureGroup(("id", SubnetId(network, ProxySubnetName))))))))),
                ("backendAddressPools", new AzureList(new AzureGroup(("name", "members")))),
                ("probes", new AzureList(new AzureGroup(("name", "health"), ("properties", new AzureGroup([.. probe, ("intervalInSeconds", 5), ("numberOfProbes", 1), ("probeThreshold", 2)]))))),
                ("loadBalancingRules", new AzureList(new AzureGroup(("name", "proxy"), ("properties", new AzureGroup(
                    ("frontendIPConfiguration", new AzureGroup(("id", Part("frontendIPConfigurations", "sensors")))),
                    ("backendAddressPool", new AzureGroup(("id", Part("backendAddressPools", "members")))),
                    ("probe", new AzureGroup(("id", Part("probes", "health")))),
                    ("protocol", "Tcp"), ("frontendPort", _pool.Proxy.Port), ("backendPort", _pool.Proxy.Port),
                    ("idleTimeoutInMinutes", _pool.IdleMinutes),
                    // Without it an idle flow ends in silence, and the sensor learns of it only by its own time-out.
                    ("enableTcpReset", true), ("disableOutboundSnat", true)))))))))
        { DependsOn = [network] };
    }

    private AzureResource ScaleSet(AzureResource network, AzureResource balancer)
    {
        var isCulvert = _pool.Proxy.Kind == ProxyKind.Culvert;
        (string, AzureValue)[] health = isCulvert
            ? [("protocol", "http"), ("port", ProxyHealth.PortOf(_pool.Proxy)), ("requestPath", ProxyHealth.Path)]
            : [("protocol", "tcp"), ("port", _pool.Proxy.Port)];
        return new AzureResource("members", "Microsoft.Compute/virtualMachineScaleSets", ComputeApi, _pool.Proxy.Name, "The members of the pool, which install themselves on first boot.",
            ("location", Location), ("sku", new AzureGroup(("name", "Standard_D2s_v5"), ("tier", "Standard"), ("capacity", _pool.Proxy.Pool!.MinMembers))), ("zones", Zones),
            ("properties", new AzureGroup(
                ("orchestrationMode", "Uniform"), ("overprovision", true), ("singlePlacementGroup", false),
                ("upgradePolicy", new AzureGroup(("mode", "Automatic"), ("automaticOSUpgradePolicy", new AzureGroup(("enableAutomaticOSUpgrade", true))))),
                ("virtualMachineProfile", new AzureGroup(
                    ("storageProfile", new AzureGroup(
                        ("imageReference", new AzureGroup(("publisher", "Canonical"), ("offer", "ubuntu-24_04-lts"), ("sku", "server"), ("version", "latest"))),
                        ("osDisk", new AzureGroup(("createOption", "FromImage"), ("managedDisk", new AzureGroup(("storageAccountType", "StandardSSD_LRS"))))))),
                    ("osProfile", new AzureGroup(
                        ("computerNamePrefix", "proxy"), ("adminUsername", AzureExpression.Parameter("adminName")),
                        ("linuxConfiguration", new AzureGroup(("disablePasswordAuthentication", true), ("ssh", new AzureGroup(("publicKeys", new AzureList(new AzureGroup(
                            ("path", new AzureExpression("'/home/${adminName}/.ssh/authorized_keys'", "format('/home/{0}/.ssh/authorized_keys', parameters('adminName'))")), ("keyData", AzureExpression.Parameter("adminPublicKey"))))))))),
                        ("customData", CustomData()))),
                    ("networkProfile", NetworkProfile(network, balancer)),
                    ("extensionProfile", HealthExtension(health)))))))
        { DependsOn = [network, balancer] };
    }

    private static AzureGroup NetworkProfile(AzureResource network, AzureResource balancer)
    {
        var members = new AzureExpression("resourceId('Microsoft.Network/loadBalancers/backendAddressPools', balancer.name, 'members')", $"resourceId('Microsoft.Network/loadBalancers/backendAddressPools', '{balancer.Name}', 'members')");
        var address = new AzureGroup(("subnet", new AzureGroup(("id", SubnetId(network, ProxySubnetName)))), ("loadBalancerBackendAddressPools", new AzureList(new AzureGroup(("id", members)))));
        var nic = new AzureGroup(("primary", true), ("ipConfigurations", new AzureList(new AzureGroup(("name", "ip"), ("properties", address)))));
        return new AzureGroup(("networkInterfaceConfigurations", new AzureList(new AzureGroup(("name", "nic"), ("properties", nic)))));
    }

    private static AzureGroup HealthExtension((string, AzureValue)[] settings)
    {
        var extension = new AzureGroup(("publisher", "Microsoft.ManagedServices"), ("type", "ApplicationHealthLinux"), ("typeHandlerVersion", "1.0"), ("autoUpgradeMinorVersion", true), ("settings", new AzureGroup(settings)));
        return new AzureGroup(("extensions", new AzureList(new AzureGroup(("name", "health"), ("properties", extension)))));
    }

    // The file holds no secret and no place of a package; parameters put them in.
    private AzureExpression CustomData()
    {
        var tokens = new List<(string Token, string Parameter)>();
        if (_pool.Proxy.Kind == ProxyKind.Culvert)
        {
            _parameters.Add(new AzureParameter("proxyPackageUrl", "URL of the archive (tar.gz) that holds the program culvert-proxy; the pool must be able to reach it."));
            _parameters.Add(new AzureParameter("proxyPackageSha256", "SHA-256 of that archive, in hexadecimal."));
            tokens.Add((CloudInitWriter.PackageUrl, "proxyPackageUrl"));
            tokens.Add((CloudInitWriter.PackageSha256, "proxyPackageSha256"));
        }

        foreach (var (index, secret) in ProxySecrets.Of(_pool.Site, _pool.Proxy).Where(s => s.Token is not null).Index())
        {
            var parameter = string.Create(CultureInfo.InvariantCulture, $"proxySecret{index + 1}");
            _parameters.Add(new AzureParameter(parameter, $"The {secret.Purpose}, kept in {secret.Place}{(secret.Form == PlanSecretForm.Hash ? "; give what 'culvert-proxy hash-password' makes of it" : "")}.", IsSecret: true));
            tokens.Add((secret.Token!, parameter));
        }

        var (bicep, arm) = ("cloudInit", "variables('cloudInit')");
        foreach (var (token, parameter) in tokens)
        {
            (bicep, arm) = ($"replace({bicep}, '{token}', {parameter})", $"replace({arm}, '{token}', parameters('{parameter}'))");
        }

        return new AzureExpression($"base64({bicep})", $"base64({arm})");
    }

    private AzureResource Autoscale(AzureResource scaleSet) => new("autoscale", "Microsoft.Insights/autoscalesettings", "2022-10-01", $"{_pool.Proxy.Name}-autoscale", "Grows with the load, never below the least that survives the loss of one.",
        ("location", Location),
        ("properties", new AzureGroup(
            ("enabled", true), ("targetResourceUri", scaleSet.Id),
            ("profiles", new AzureList(new AzureGroup(
                ("name", "load"),
                ("capacity", new AzureGroup(("minimum", Text(_pool.Proxy.Pool!.MinMembers)), ("maximum", Text(_pool.Proxy.Pool.MaxMembers)), ("default", Text(_pool.Proxy.Pool.MinMembers)))),
                ("rules", new AzureList(
                    ScaleRule(scaleSet, "Percentage CPU", "GreaterThan", 60, "Increase", "PT5M"),
                    ScaleRule(scaleSet, "Percentage CPU", "LessThan", 20, "Decrease", "PT15M")))))))))
    { DependsOn = [scaleSet] };

    private static AzureGroup ScaleRule(AzureResource scaleSet, string metric, string comparison, int threshold, string direction, string cooldown) => new(
        ("metricTrigger", new AzureGroup(
            ("metricName", metric), ("metricResourceUri", scaleSet.Id), ("timeGrain", "PT1M"), ("statistic", "Average"), ("timeWindow", "PT5M"),
            ("timeAggregation", "Average"), ("operator", comparison), ("threshold", threshold))),
        ("scaleAction", new AzureGroup(("direction", direction), ("type", "ChangeCount"), ("value", "1"), ("cooldown", cooldown))));

    private static AzureResource Diagnostics(string symbol, AzureResource about, string kind, string category) => new(symbol, "Microsoft.Insights/diagnosticSettings", "2021-05-01-preview", "to-log-analytics", $"{(kind == "logs" ? "Logs" : "Metrics")} of {about.Name}.",
        ("properties", new AzureGroup(
            ("workspaceId", AzureExpression.Parameter("logAnalyticsWorkspaceId")),
            (kind, new AzureList(new AzureGroup((kind == "logs" ? "categoryGroup" : "category", category), ("enabled", true)))))))
    { Scope = about };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static AzureValue FromJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => new AzureGroup([.. json.EnumerateObject().Select(p => (p.Name, FromJson(p.Value)))]),
        JsonValueKind.Array => new AzureList([.. json.EnumerateArray().Select(FromJson)]),
        JsonValueKind.Number => json.GetInt32(),
        JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
        _ => json.GetString() ?? "",
    };
}
