using System.Text.Json;

namespace Culvert.Planning.Tests;

/// <summary>What we write for a program is loaded by that program.</summary>
public sealed class LoadedByRealProgramsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-planning-tests").FullName;

    public static TheoryData<string> SampleNames => [.. Samples.Names];

    [Theory]
    [MemberData(nameof(SampleNames))]
    public async Task Nftables_takes_the_rules_of_every_firewall(string sample)
    {
        var site = Samples.Read(sample);
        foreach (var firewall in site.Firewalls)
        {
            var file = Write("rules.nft", NftablesWriter.Write(firewall, RulePlanner.Plan(site, Linux(firewall))));
            var (status, output) = await RealProgram.RunAsync("nft", "-c", "-f", file);

            Assert.SkipWhen(output.Contains("Operation not permitted", StringComparison.Ordinal), "nft -c needs root");
            Assert.True(status == 0, output);
        }
    }

    [Theory]
    [MemberData(nameof(SampleNames))]
    public async Task A_shell_takes_the_iptables_script(string sample)
    {
        var site = Samples.Read(sample);
        foreach (var firewall in site.Firewalls)
        {
            var file = Write("rules.sh", IptablesWriter.Write(firewall, RulePlanner.Plan(site, Linux(firewall))));
            var (status, output) = await RealProgram.RunAsync("sh", "-n", file);

            Assert.True(status == 0, output);
        }
    }

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void A_security_group_is_json_with_unique_priorities_and_names(string sample)
    {
        var site = Samples.Read(sample);
        foreach (var firewall in site.Firewalls)
        {
            using var json = JsonDocument.Parse(AzureNsgWriter.Write(site, firewall, RulePlanner.Plan(site, firewall)));
            var rules = json.RootElement.EnumerateArray().ToList();
            Assert.Equal(rules.Count, rules.Select(r => (r.GetProperty("properties").GetProperty("direction").GetString(), r.GetProperty("properties").GetProperty("priority").GetInt32())).Distinct().Count());
            Assert.Equal(rules.Count, rules.Select(r => r.GetProperty("name").GetString()).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("proxy-chain", null)]
    [InlineData("cloud-proxy", null)]
    [InlineData(null, "squid")]
    public async Task Squid_takes_the_configuration_of_a_hop(string? sample, string? chain)
    {
        var site = sample is null ? Samples.Parse(FlowPlannerTests.ForwardedChain(chain!)) : Samples.Read(sample);
        foreach (var proxy in site.Proxies)
        {
            var (status, output) = await RealProgram.RunAsync("squid", "-k", "parse", "-f", Write("squid.conf", SquidWriter.Write(site, proxy)));

            Assert.True(status == 0, output);
            Assert.DoesNotContain("ERROR", output, StringComparison.Ordinal);
            Assert.DoesNotContain("WARNING", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Haproxy_takes_the_configuration_of_a_front()
    {
        var site = Samples.Parse(FlowPlannerTests.ForwardedChain("culvert").Replace("name: plant\n    kind: culvert", "name: plant\n    kind: haproxy", StringComparison.Ordinal));
        var (status, output) = await RealProgram.RunAsync("haproxy", "-c", "-f", Write("haproxy.cfg", HaproxyWriter.Write(site, site.Proxy("plant"))));

        Assert.True(status == 0, output);
        Assert.DoesNotContain("WARNING", output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Every sample's firewall as if it were a Linux machine, where an interface's name has at most 15 characters.
    private static SiteFirewall Linux(SiteFirewall firewall) => firewall with { Sides = [.. firewall.Sides.Select((s, i) => s with { Interface = $"eth{i}" })] };

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
