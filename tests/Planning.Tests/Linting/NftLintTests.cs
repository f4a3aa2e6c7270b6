namespace Culvert.Planning.Tests;

public sealed class NftLintTests
{
    private const string Bad =
        """
        #!/usr/sbin/nft -f
        table inet filter {
          ct timeout short {
            protocol tcp;
            policy = { established : 30 }
          }
          set wanted { type ipv4_addr; elements = { 198.51.100.10 } }
          chain forward {
            type filter hook forward priority 0; policy accept;
            ct state established,related accept
            ip saddr 10.1.0.0/16 tcp dport 1-65535 accept
            tcp dport 443 ip daddr @wanted accept
            ip saddr 10.1.2.3 ip daddr 0.0.0.0/0 tcp dport { 443, 8443 } counter packets 5 bytes 9 accept comment "all of it"
            ip saddr 10.1.2.3 ip daddr 192.0.2.0/24 tcp dport 443 drop
          }
        }
        """;

    [Fact]
    public void Each_mistake_is_named_where_it_is() =>
        Assert.Equal(
            [
                "5 idle-timeout", "8 no-final-deny", "11 any-destination", "11 connect-other-ports", "11 allow-before-deny", "12 any-source", "13 any-destination",
            ],
            Lint(Bad, new LintExpectation()).Select(f => $"{f.Line} {f.Rule}"));

    [Fact]
    public void What_we_write_ourselves_has_nothing_to_complain_of()
    {
        foreach (var site in Samples.Names.Select(Samples.Read))
        {
            foreach (var firewall in site.Firewalls.Where(f => RulePlanner.Plan(site, f).Count > 0))
            {
                var text = NftablesWriter.Write(firewall, RulePlanner.Plan(site, firewall));
                Assert.Empty(Lint(text, LintExpectation.Of(site, firewall)).Select(f => $"{firewall.Name} {f}"));
            }
        }
    }

    [Fact]
    public void A_rule_that_is_gone_is_missed()
    {
        var site = Samples.Read("direct");
        var firewall = site.Firewalls[0];
        var text = NftablesWriter.Write(firewall, RulePlanner.Plan(site, firewall));

        Assert.Equal(["missing-endpoint"], Lint(text.Replace("dport 443", "dport 4433", StringComparison.Ordinal), LintExpectation.Of(site)).Select(f => f.Rule));
    }

    [Fact]
    public void What_nft_prints_as_json_is_read_the_same()
    {
        const string json =
            """
            {"nftables": [{"metainfo": {"version": "1.0.6"}},
            {"table": {"family": "inet", "name": "filter", "handle": 1}},
            {"chain": {"family": "inet", "table": "filter", "name": "forward", "handle": 1, "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
            {"ct timeout": {"family": "inet", "name": "short", "table": "filter", "handle": 9, "protocol": "tcp", "l3proto": "ip", "policy": {"established": 30}}},
            {"rule": {"family": "inet", "table": "filter", "chain": "forward", "handle": 2, "expr": [{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}, {"accept": null}]}},
            {"rule": {"family": "inet", "table": "filter", "chain": "forward", "handle": 3, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": {"prefix": {"addr": "10.1.0.0", "len": 16}}}}, {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"range": [1, 65535]}}}, {"counter": {"packets": 0, "bytes": 0}}, {"accept": null}]}},
            {"rule": {"family": "inet", "table": "filter", "chain": "forward", "handle": 4, "comment": "ours", "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "@wanted"}}, {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [443]}}}, {"accept": null}]}}
            ]}
            """;

        var findings = Lint(json, new LintExpectation());

        Assert.Equal(["3 no-final-deny", "4 idle-timeout", "6 any-destination", "6 connect-other-ports", "7 any-source"], findings.Select(f => $"{f.Line} {f.Rule}"));
        Assert.Contains("handle 4", findings[^1].Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_real_nft_prints_is_read()
    {
        var site = Samples.Read("direct");
        var firewall = site.Firewalls[0];
        var folder = Directory.CreateTempSubdirectory("culvert-planning-tests").FullName;
        try
        {
            var file = Path.Combine(folder, "rules.nft");
            await File.WriteAllTextAsync(file, NftablesWriter.Write(firewall, RulePlanner.Plan(site, firewall)));
            var (status, text) = await RealProgram.RunAsync("unshare", "-rn", "sh", "-c", $"nft -f {file} && nft list ruleset");
            Assert.SkipWhen(status != 0, $"nft cannot load rules in a network namespace of its own here: {text}");
            var (_, json) = await RealProgram.RunAsync("unshare", "-rn", "sh", "-c", $"nft -f {file} && nft -j list ruleset");

            Assert.Empty(Lint(text, LintExpectation.Of(site, firewall)));
            Assert.Equal(ConfigurationKind.NftablesJson, ConfigurationLinter.KindOf(json));
            Assert.Empty(Lint(json, LintExpectation.Of(site, firewall)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("table inet x { chain")]
    [InlineData("table inet x { chain c { type filter hook forward priority 0; policy drop; jump c }")]
    [InlineData("table inet x { chain c { type filter hook forward priority 0; policy drop; jump c\n } }")]
    [InlineData("table inet x { } } } } { { {")]
    [InlineData("add rule inet x c accept\nadd table inet y")]
    [InlineData("table ip a { \"")]
    public void Broken_text_is_no_crash(string text) => Lint(text, new LintExpectation());

    private static IReadOnlyList<LintFinding> Lint(string text, LintExpectation expectation) => ConfigurationLinter.Run(text, ConfigurationLinter.KindOf(text), expectation);
}
