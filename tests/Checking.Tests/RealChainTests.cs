using Culvert.Checking.Tests.Faults;
using Culvert.Cli;
using Culvert.Tunnels;

namespace Culvert.Checking.Tests;

/// <summary>Chains of real proxies: nothing is raised where they work, and hop and cause are named where they do not.</summary>
public sealed class RealChainTests
{
    private static readonly HostPort Nowhere = new("nowhere.example", 443);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Squid_then_tinyproxy_works_and_raises_nothing()
    {
        await using var site = Site().WithCloud().WithIdentity();
        await using var second = await StartAsync(SuiteProxyKind.Tinyproxy, [site.Cloud]);
        await using var first = await StartAsync(SuiteProxyKind.Squid, [second.Address]);
        Chain(site, first, second);
        site.Options = site.Options with { LeastPrivilege = true };

        var report = await site.CheckAsync(Token);

        Assert.Empty(report.Findings);
        Assert.Equal(CheckOutcome.Passed, report.Outcome);
    }

    [Fact(Timeout = 120_000)]
    public async Task Culvert_then_Squid_works_and_raises_nothing()
    {
        await using var site = Site().WithCloud().WithIdentity();
        await using var second = await StartAsync(SuiteProxyKind.Squid, [site.Cloud]);
        await using var first = await StartAsync(SuiteProxyKind.Culvert, [second.Address]);
        Chain(site, first, second);
        site.Options = site.Options with { LeastPrivilege = true };

        var report = await site.CheckAsync(Token);

        Assert.Empty(report.Findings);
        Assert.Equal(CheckOutcome.Passed, report.Outcome);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(SuiteProxyKind.Squid, Cause.ConnectionRefused)]
    [InlineData(SuiteProxyKind.Tinyproxy, Cause.UpstreamUnreachable)]
    [InlineData(SuiteProxyKind.Culvert, Cause.ConnectionRefused)]
    internal async Task A_second_hop_that_is_down_is_named_behind(SuiteProxyKind kind, Cause cause)
    {
        await using var site = Site().WithCloud();
        var gone = new HostPort("127.0.0.1", site.Closed());
        await using var first = await StartAsync(kind, [gone]);
        site.WithHopAt("plant", first.Address).WithHopAt("dmz", gone);

        Named(await site.CheckAsync(Token), "plant", cause, towards: "dmz");
    }

    [Theory(Timeout = 120_000)]
    [InlineData(SuiteProxyKind.Squid, Cause.ConnectionRefused)]
    [InlineData(SuiteProxyKind.Tinyproxy, Cause.UpstreamUnreachable)]
    [InlineData(SuiteProxyKind.Culvert, Cause.ConnectionRefused)]
    internal async Task A_cloud_that_is_down_is_named_behind_the_second_hop(SuiteProxyKind kind, Cause cause)
    {
        await using var site = Site().WithClosedCloud();
        await using var second = await StartAsync(kind, [site.Cloud]);
        await using var first = await StartAsync(SuiteProxyKind.Squid, [second.Address]);
        Chain(site, first, second);

        Named(await site.CheckAsync(Token), "dmz", cause, towards: "localhost");
    }

    [Theory(Timeout = 120_000)]
    [InlineData(SuiteProxyKind.Squid)]
    [InlineData(SuiteProxyKind.Tinyproxy)]
    [InlineData(SuiteProxyKind.Culvert)]
    internal async Task A_second_hop_that_does_not_list_the_cloud_is_named(SuiteProxyKind kind)
    {
        await using var site = Site().WithCloud();
        await using var second = await StartAsync(kind, [Nowhere]);
        await using var first = await StartAsync(SuiteProxyKind.Squid, [second.Address]);
        Chain(site, first, second);

        Named(await site.CheckAsync(Token), "dmz", Cause.DestinationRefused, towards: null);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_name_that_Squid_cannot_resolve_is_named()
    {
        await using var site = Site().WithCloud();
        var unknown = new HostPort("no-such-name.invalid", 443);
        await using var first = await StartAsync(SuiteProxyKind.Squid, [unknown]);
        site.WithHopAt("plant", first.Address);

        var report = await site.CheckAsync(Token, r => r with { Endpoints = [new CloudEndpoint(CloudService.IotHub, unknown)] });

        Named(report, "plant", Cause.NameNotFound, towards: unknown.ToString());
    }

    [Fact(Timeout = 120_000)]
    public async Task The_parent_of_a_forwarded_Squid_chain_is_known_by_its_signature()
    {
        await using var site = Site().WithCloud();
        await using var second = await StartAsync(SuiteProxyKind.Squid, [Nowhere]);
        await using var first = await StartAsync(SuiteProxyKind.Squid, [site.Cloud], [second.Address]);
        site.WithHopAt("plant", first.Address).WithHopAt("dmz", second.Address, h => h with { Reach = HopReach.Forwarded });

        var finding = Assert.Single((await site.CheckAsync(Token)).Findings, f => f.Severity == Severity.Fault);

        Assert.Equal(Cause.DestinationRefused, finding.Cause);
        Assert.Contains("squid", string.Join(' ', finding.Evidence), StringComparison.OrdinalIgnoreCase);
    }

    private static FaultSite Site() => new()
    {
        Dialing = new TunnelDialerOptions { ConnectTimeout = TimeSpan.FromSeconds(20), RequestTimeout = TimeSpan.FromSeconds(20), TlsTimeout = TimeSpan.FromSeconds(20) },
        Options = new CheckOptions { AnswerTimeout = TimeSpan.FromSeconds(20) },
    };

    private static void Chain(FaultSite site, SuiteProxy first, SuiteProxy second) => site.WithHopAt("plant", first.Address).WithHopAt("dmz", second.Address);

    private static Task<SuiteProxy> StartAsync(SuiteProxyKind kind, IReadOnlyList<HostPort> allowed, IReadOnlyList<HostPort>? parents = null)
    {
        Assert.SkipWhen(SuiteProxy.Find(kind) is null, $"{kind} is not on this machine.");
        return SuiteProxy.StartAsync(kind, allowed, parents ?? [], TimeProvider.System, Token);
    }

    private static void Named(CheckReport report, string target, Cause cause, string? towards)
    {
        var finding = Assert.Single(report.Findings, f => f.Severity == Severity.Fault);
        Assert.Equal((target, cause), (finding.Target, finding.Cause));
        Assert.StartsWith(towards ?? "", finding.Towards ?? "", StringComparison.Ordinal);
        Assert.Equal(towards is null, finding.Towards is null);
    }
}
