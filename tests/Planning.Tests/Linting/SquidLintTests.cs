namespace Culvert.Planning.Tests;

public sealed class SquidLintTests
{
    // The access rules of the guide, in its order: the destination's allow comes before the deny of other ports.
    private const string Guide =
        """
        http_port 3128
        cache deny all

        # allowed destinations
        acl allowed_http_sites dstdomain .azure-devices.net
        acl allowed_http_sites dstdomain .blob.core.windows.net
        acl allowed_http_sites dstdomain .servicebus.windows.net
        acl allowed_http_sites dstdomain .download.microsoft.com
        http_access allow allowed_http_sites

        acl SSL_ports port 443
        acl CONNECT method CONNECT
        http_access deny CONNECT !SSL_ports
        http_access allow localhost
        http_access deny all
        """;

    [Fact]
    public void The_configuration_of_the_guide_is_found_faulty_where_it_is()
    {
        var findings = Lint(Guide, LintExpectation.Of(Samples.Read("cloud-proxy")));

        Assert.Equal(
            [
                "5 wildcard", "6 wildcard", "7 wildcard", "8 wildcard",
                "9 allow-before-deny", "9 plain-requests", "9 any-source",
                "14 any-destination",
                "0 missing-endpoint", "0 missing-endpoint",
            ],
            findings.Select(f => $"{f.Line} {f.Rule}"));
        Assert.Contains("line 13", findings.Single(f => f.Rule == "allow-before-deny").Correction, StringComparison.Ordinal);
        Assert.Contains("contoso-hub.azure-devices.net", findings[0].Correction, StringComparison.Ordinal);
        Assert.Contains("otel.example.com", string.Concat(findings.Select(f => f.Found)), StringComparison.Ordinal);
        Assert.Equal(LintSeverity.Advice, findings.Single(f => f.Rule == "any-destination").Severity);
    }

    [Fact]
    public void In_the_right_order_the_guides_ports_are_no_fault_any_more()
    {
        var lines = Guide.Split('\n').ToList();
        (lines[8], lines[12]) = (lines[12], lines[8]);
        (lines[8], lines[10]) = (lines[10], lines[8]);
        // Now: acl, acl, deny, allow.
        var text = string.Join('\n', lines.Where(l => !l.StartsWith("http_access", StringComparison.Ordinal)))
            + "\nhttp_access deny !CONNECT\nhttp_access deny CONNECT !SSL_ports\nacl plant src 10.1.2.3\nhttp_access allow plant allowed_http_sites\nhttp_access deny all\n";

        Assert.Equal(["wildcard", "wildcard", "wildcard", "wildcard"], Lint(text, new LintExpectation()).Select(f => f.Rule));
    }

    [Fact]
    public void What_we_write_ourselves_has_nothing_to_complain_of()
    {
        foreach (var site in ((string[])["proxy-chain", "cloud-proxy"]).Select(Samples.Read).Append(Samples.Parse(FlowPlannerTests.ForwardedChain("squid"))))
        {
            foreach (var proxy in site.Proxies)
            {
                Assert.Empty(Lint(SquidWriter.Write(site, proxy), LintExpectation.Of(site, proxy)).Select(f => $"{proxy.Name} {f}"));
            }
        }
    }

    [Theory]
    [InlineData("cache_peer dmz parent 3128 0 no-query", "bypassed-parent")]
    [InlineData("ssl_bump bump all", "inspection")]
    [InlineData("https_port 3129 ssl-bump cert=/x", "inspection")]
    [InlineData("read_timeout 30 seconds", "idle-timeout")]
    [InlineData("client_lifetime 4 hours", "tunnel-lifetime")]
    public void A_line_that_does_harm_is_named(string line, string rule)
    {
        var site = Samples.Read("proxy-chain");
        var text = SquidWriter.Write(site, site.Proxy("it-squid")) + line + "\n";

        Assert.Equal((rule, text.Split('\n').Length - 1), Lint(text, LintExpectation.Of(site, site.Proxy("it-squid"))).Select(f => (f.Rule, f.Line)).Single());
    }

    [Theory]
    [InlineData("cache deny all", "", "caching")]
    [InlineData("http_access deny all", "", "no-final-deny")]
    [InlineData("http_access deny !CONNECT", "", null)]
    [InlineData("http_access deny !clients", "", null)]
    [InlineData(" clients destination1", " destination1", null)]
    [InlineData("acl destination1 dstdomain -n portal.example.com", "acl destination1 dstdomain .example.com", "wildcard")]
    [InlineData("acl destination1 dstdomain -n portal.example.com", "acl destination1 dstdomain -n other.example.com", "missing-endpoint")]
    [InlineData("acl clients src 10.30.3.5/32", "acl clients src all", "any-source")]
    [InlineData("http_access allow CONNECT clients destination1 port1", "http_access allow CONNECT clients", "any-destination")]
    [InlineData("http_access allow CONNECT clients destination1 port1", "http_access allow CONNECT clients destination1 undefined_one", "unknown-acl")]
    public void A_mistake_put_into_a_good_file_is_found(string good, string bad, string? rule)
    {
        var site = Samples.Read("proxy-chain");
        var text = SquidWriter.Write(site, site.Proxy("it-squid"));
        Assert.Contains(good, text, StringComparison.Ordinal);

        var findings = Lint(text.Replace(good, bad, StringComparison.Ordinal), LintExpectation.Of(site, site.Proxy("it-squid")));

        // Two lines guard the source, and two the method; either alone is enough.
        Assert.Equal(rule is null, findings.Count == 0);
        Assert.True(rule is null || findings.Any(f => f.Rule == rule), string.Join('\n', findings));
    }

    [Fact]
    public void Hostile_text_costs_little_and_is_no_crash()
    {
        var many = string.Concat(Enumerable.Range(0, 4000).Select(i => $"acl a{i} dstdomain .x{i}.example\nhttp_access allow a{i}\n"));
        Assert.NotEmpty(Lint(many, new LintExpectation()));
        Assert.NotEmpty(Lint("acl x dstdom_regex (a+)+$\nacl y dstdom_regex ((((\nhttp_access allow x y\nacl\nhttp_access\n\\", new LintExpectation()));
        Assert.Throws<FormatException>(() => Lint("nothing of the kind", new LintExpectation()));
    }

    private static IReadOnlyList<LintFinding> Lint(string text, LintExpectation expectation) => ConfigurationLinter.Run(text, ConfigurationLinter.KindOf(text), expectation);
}
