using System.Reflection;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Culvert.Planning.Tests;

/// <summary>The real Bicep compiler, which knows the types of every resource, takes the template without a warning, and makes of it the ARM that we write.</summary>
public sealed class AzureTemplateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-planning-tests").FullName;

    public static TheoryData<string> Pools => ["cloud-proxy", "multicloud-vpn", "multicloud-expressroute-exchange", "multicloud-expressroute-own-routers"];

    [Fact]
    public async Task Bicep_takes_every_template_and_makes_our_arm_of_it()
    {
        var sites = Pools.ToDictionary(p => (string)p.Data!, p => Samples.Read((string)p.Data!));
        var twoTunnels = (await File.ReadAllTextAsync(Path.Combine(Samples.Root, "samples/cloud-proxy.site.yaml")))
            .Replace("    toGateway:", "    secondToGateway: 203.0.113.81\n    secondFromGateway: 203.0.113.21\n    bgp: { fromAsn: 64512, toAsn: 65515, primary: 169.254.21.0/30, secondary: 169.254.22.0/30 }\n    toGateway:", StringComparison.Ordinal);
        sites["squid"] = Samples.Parse(twoTunnels.Replace("kind: culvert\n    zone", "kind: squid\n    zone", StringComparison.Ordinal));
        sites["password"] = Samples.Parse(twoTunnels.Replace("kind: culvert\n    zone", "kind: culvert\n    credentials: { userName: u, password: { environment: P } }\n    zone", StringComparison.Ordinal));
        foreach (var (name, site) in sites)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
            foreach (var file in SitePlan.Create(site).Files.Where(f => f.Host == "azure" && f.Kind is PlanFileKind.CloudTemplate or PlanFileKind.CloudInit))
            {
                await File.WriteAllTextAsync(Path.Combine(folder, Path.GetFileName(file.Path).Replace("main.json", "ours.json", StringComparison.Ordinal)), file.Content);
            }
        }

        // One start for all: the compiler takes long to load its types.
        var (status, output) = await RealProgram.RunAsync(Compiler(), "build", "--pattern", Path.Combine(_folder, "**", "main.bicep"));
        Assert.True(status == 0, output);
        Assert.True(!output.Contains("Warning", StringComparison.Ordinal), output);
        foreach (var name in sites.Keys)
        {
            var (ours, theirs) = (Normal(await File.ReadAllTextAsync(Path.Combine(_folder, name, "ours.json"))), Normal(await File.ReadAllTextAsync(Path.Combine(_folder, name, "main.json"))));
            Assert.Equal(theirs.Keys, ours.Keys);
            foreach (var (key, text) in theirs)
            {
                Assert.True(text == ours[key], $"{name} {key}\nBicep: {text}\nours:  {ours[key]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public void Cloud_init_and_kubernetes_are_yaml_with_what_matters_in_place(string sample)
    {
        var plan = SitePlan.Create(Samples.Read(sample));
        var init = Documents(plan.Files.Single(f => f.Kind == PlanFileKind.CloudInit).Content).Single();
        var files = ((YamlSequenceNode)init["write_files"]).Cast<YamlMappingNode>().ToDictionary(f => f["path"].ToString(), f => f["content"].ToString());
        Assert.Equal(plan.Find(PlanFileKind.ProxyConfiguration, "proxy-pool")!.Content, files["/etc/culvert/proxy.yaml"]);
        // The key is runcmd, each a list of words; nothing is written to be read as something else.
        Assert.All((YamlSequenceNode)init["runcmd"], c => Assert.IsType<YamlSequenceNode>(c));

        var objects = Documents(plan.Files.Single(f => f.Kind == PlanFileKind.Kubernetes).Content);
        Assert.Equal(["Namespace", "Secret", "Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy"], objects.Select(o => o["kind"].ToString()));
        Assert.Equal(files["/etc/culvert/proxy.yaml"], objects[1]["stringData"]["proxy.yaml"].ToString());
        Assert.Equal("/healthz", objects[2]["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["httpGet"]["path"].ToString());
    }

    [Fact]
    public void The_network_has_the_sizes_that_azure_asks_for_and_the_probe_asks_the_proxy()
    {
        var arm = JsonNode.Parse(SitePlan.Create(Samples.Read("cloud-proxy")).Files.Single(f => f.Path == "cloud/azure/main.json").Content)!;
        var resources = arm["resources"]!.AsArray().ToDictionary(r => $"{r!["type"]}/{r["name"]}{r["scope"]}", r => r!);

        Assert.Equal(
            ["GatewaySubnet 10.60.0.0/27", "ProxyserverSubnet 10.60.0.32/27", "AzureBastionSubnet 10.60.0.64/26"],
            resources["Microsoft.Network/virtualNetworks/culvert-vnet"]["properties"]!["subnets"]!.AsArray().Select(s => $"{s!["name"]} {s["properties"]!["addressPrefix"]}"));
        var probe = resources["Microsoft.Network/loadBalancers/proxy-pool-balancer"]["properties"]!["probes"]![0]!["properties"]!;
        Assert.Equal(("Http", 3129, "/healthz"), ((string?)probe["protocol"], (int)probe["port"]!, (string?)probe["requestPath"]));
        var rules = resources["Microsoft.Network/networkSecurityGroups/proxy-nsg"]["properties"]!["securityRules"]!.AsArray();
        Assert.Contains(rules, r => (string?)r!["name"] == "in-bastion-ssh" && (int)r["properties"]!["priority"]! == 4094);
        Assert.Contains(rules, r => (int)r!["properties"]!["priority"]! == 4095 && (string?)r["properties"]!["sourceAddressPrefix"] == "AzureLoadBalancer");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Compiler()
    {
        var bicep = Path.Combine(Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "BicepFolder").Value ?? "", "tools", "bicep");
        Assert.SkipWhen(!File.Exists(bicep), "the Bicep compiler is not here");
        // A package carries no mode.
        var program = Path.Combine(_folder, "bicep");
        File.Copy(bicep, program);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        return program;
    }

    // Bicep names the variable of a loaded text by itself; all else must be the same.
    private static SortedDictionary<string, string> Normal(string text)
    {
        var json = JsonNode.Parse(text)!;
        var resources = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["parameters"] = json["parameters"]!.ToJsonString() };
        foreach (var resource in json["resources"]!.AsArray())
        {
            if (resource!["dependsOn"] is JsonArray dependsOn)
            {
                resource["dependsOn"] = new JsonArray([.. dependsOn.Select(d => (string)d!).Order(StringComparer.Ordinal).Select(d => (JsonNode)d)]);
            }

            resources[$"{resource["type"]} {resource["scope"]} {resource["name"]}"] = resource.ToJsonString().Replace("$fxv#0", "cloudInit", StringComparison.Ordinal);
        }

        return resources;
    }

    private static List<YamlMappingNode> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(d => (YamlMappingNode)d.RootNode)];
    }
}
