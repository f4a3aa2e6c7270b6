namespace Culvert.Planning.Tests;

public sealed class NsgLintTests
{
    private const string Bad =
        """
        {
          "name": "proxy-nsg",
          "securityRules": [
            { "name": "wide",
              "access": "Allow", "direction": "Inbound", "priority": 100, "protocol": "Tcp", "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "3128" },
            { "name": "no-telnet",
              "access": "Deny", "direction": "Inbound", "priority": 200, "protocol": "Tcp", "sourceAddressPrefix": "10.0.0.0/8", "destinationAddressPrefix": "10.0.0.4", "destinationPortRange": "3128" },
            { "name": "deny-all",
              "access": "Deny", "direction": "Inbound", "priority": 4096, "protocol": "*", "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "*" },
            { "name": "out",
              "access": "Allow", "direction": "Outbound", "priority": 100, "protocol": "Tcp", "sourceAddressPrefix": "*", "destinationAddressPrefix": "AzureIoTHub", "destinationPortRange": "*" }
          ],
          "idleTimeoutInMinutes": 4,
          "defaultSecurityRules": [
            { "name": "AllowInternetOutBound", "access": "Allow", "direction": "Outbound", "priority": 65001, "protocol": "*", "sourceAddressPrefix": "*", "destinationAddressPrefix": "Internet", "destinationPortRange": "*" }
          ]
        }
        """;

    [Fact]
    public void Each_mistake_is_named_where_it_is()
    {
        var findings = Lint(Bad, LintExpectation.Of(Samples.Read("cloud-proxy")) with { Heartbeat = TimeSpan.FromMinutes(5) });

        Assert.Equal(
            [
                "4 any-source", "4 allow-before-deny", "8 probes-blocked", "10 connect-other-ports", "13 idle-timeout",
                "0 no-final-deny", "0 missing-endpoint", "0 missing-endpoint", "0 missing-endpoint", "0 missing-endpoint",
            ],
            findings.Select(f => $"{f.Line} {f.Rule}"));
    }

    [Fact]
    public void What_we_write_ourselves_has_no_fault()
    {
        foreach (var site in Samples.Names.Select(Samples.Read))
        {
            foreach (var firewall in site.Firewalls.Where(f => f.Kind == FirewallKind.AzureNsg))
            {
                var findings = Lint(AzureNsgWriter.Write(site, firewall, RulePlanner.Plan(site, firewall)), LintExpectation.Of(site));
                Assert.Empty(findings.Where(f => f.Severity == LintSeverity.Fault).Select(f => f.ToString()));
            }
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"securityRules\": 3}")]
    [InlineData("{\"securityRules\": [{\"access\": null, \"direction\": 5, \"priority\": \"x\"}]}")]
    [InlineData("{\"nftables\": 1}")]
    [InlineData("{ \"access\": ")]
    public void Broken_json_is_told_not_thrown_about(string text) => Assert.Throws<FormatException>(() => Lint(text, new LintExpectation()));

    private static IReadOnlyList<LintFinding> Lint(string text, LintExpectation expectation) => ConfigurationLinter.Run(text, ConfigurationLinter.KindOf(text), expectation);
}
