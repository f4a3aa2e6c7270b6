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

    [Theory]
    [InlineData("culvert")]
    [InlineData("squid")]
    [InlineData("tinyproxy")]
    public async Task Haproxy_takes_the_configuration_of_a_front(string behind)
    {
        var site = Samples.Parse(OurProgramsTests.Fronted.Replace("kind: culvert, zone: l3", $"kind: {behind}, zone: l3", StringComparison.Ordinal));
        var text = HaproxyWriter.Write(site, site.Proxy("front"));
        var (status, output) = await RealProgram.RunAsync("haproxy", "-c", "-f", Write("haproxy.cfg", text));

        Assert.True(status == 0, output);
        Assert.DoesNotContain("WARNING", output, StringComparison.Ordinal);
        // Whatever stands behind it, the check asks for more than an open port.
        Assert.Contains(behind == "culvert" ? "GET /healthz" : "CONNECT portal.example.com:443", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tinyproxy_starts_with_its_configuration_and_refuses_what_it_must()
    {
        var site = Samples.Parse(FlowPlannerTests.ForwardedChain("tinyproxy"));
        var plan = ProxyWriter.Write(site, site.Proxy("plant"));
        var filter = Write("filter", plan.Single(f => f.Kind == PlanFileKind.ProxyFilter).Content);
        // One user alone is mapped in the namespace, so it can become no other.
        var lines = plan[0].Content.Split('\n').Where(l => !l.StartsWith("User ", StringComparison.Ordinal) && !l.StartsWith("Group ", StringComparison.Ordinal));
        var text = string.Join('\n', lines).Replace("/etc/tinyproxy/filter", filter, StringComparison.Ordinal)
            .Replace("/var/log/tinyproxy/tinyproxy.log", Path.Combine(_folder, "log"), StringComparison.Ordinal).Replace("/run/tinyproxy/tinyproxy.pid", Path.Combine(_folder, "pid"), StringComparison.Ordinal);
        var file = Write("tinyproxy.conf", text.Replace(ProxySecrets.Token(site.Proxy("dmz")), "secret", StringComparison.Ordinal));
        Assert.SkipWhen(!File.Exists("/usr/bin/tinyproxy") || !File.Exists("/usr/bin/curl") || !(File.Exists("/usr/sbin/ip") || File.Exists("/usr/bin/ip")), "tinyproxy, curl or iproute2 is not installed");
        // A machine of its own with both addresses: the sensor asks for a name that is not listed, then a stranger for one that is.
        var script = Write("run.sh",
            $$"""
            ip link set dev lo up && ip addr add 10.1.3.5/32 dev lo && ip addr add 10.1.2.10/32 dev lo && ip addr add 10.1.2.11/32 dev lo || exit 77
            tinyproxy -d -c {{file}} & pid=$!
            ask() { curl -s -m 20 -o /dev/null -w '%{http_connect} ' --interface $1 -x http://10.1.3.5:3128 https://$2/; }
            n=0; while [ $n -lt 300 ] && ! grep -q :0C38 /proc/net/tcp; do n=$((n+1)); sleep 0.1; done
            ask 10.1.2.10 other.example.com; ask 10.1.2.11 portal.example.com; ask 10.1.2.10 portal.example.com:444
            kill $pid
            """);

        var (status, output) = await RealProgram.RunAsync("unshare", "-rn", "sh", script);

        Assert.SkipWhen(status == 77 || output.Contains("Operation not permitted", StringComparison.Ordinal), "no network namespaces here");
        Assert.Contains("403 403 403", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SampleNames))]
    public async Task Iptables_takes_the_script_and_takes_it_again(string sample)
    {
        var site = Samples.Read(sample);
        foreach (var firewall in site.Firewalls)
        {
            var rules = RulePlanner.Plan(site, Linux(firewall));
            Assert.SkipWhen(rules.Any(r => r.Flow.ByName) && !File.Exists("/usr/sbin/ipset") && !File.Exists("/sbin/ipset"), "ipset is not installed");
            Assert.SkipWhen(!File.Exists("/usr/sbin/iptables") && !File.Exists("/sbin/iptables"), "iptables is not installed");
            var file = Write("rules.sh", IptablesWriter.Write(firewall, rules));
            var (status, output) = await RealProgram.RunAsync("unshare", "-rn", "sh", "-c", $"PATH=$PATH:/usr/sbin:/sbin; iptables -L -n >/dev/null 2>&1 || exit 77; sh {file} && sh {file} && iptables -S CULVERT");

            Assert.SkipWhen(status == 77, "iptables cannot be used in a network namespace of its own here");
            Assert.True(status == 0, output);
            Assert.Equal(rules.Count(r => r.Flow.ByName || r.Flow.Destinations.Any(d => d.BaseAddress.GetAddressBytes().Length == 4)), output.Split('\n').Count(l => l.Contains("--ctstate NEW", StringComparison.Ordinal)));
        }
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
