using System.Net;
using System.Text.Json;
using Culvert.Checking.Tests.Faults;
using Culvert.Tunnels;

namespace Culvert.Checking.Tests;

/// <summary>Where the product works, nothing is raised; and what is worth a warning is no fault.</summary>
public sealed class HealthyTests
{
    // The product's own deadlines: a machine under load is not a fault.
    private static readonly TunnelDialerOptions Patient = new() { ConnectTimeout = TimeSpan.FromSeconds(20), RequestTimeout = TimeSpan.FromSeconds(20), TlsTimeout = TimeSpan.FromSeconds(20) };
    private static readonly CheckOptions Patiently = new() { AnswerTimeout = TimeSpan.FromSeconds(20), LeastPrivilege = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 90_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_healthy_chain_raises_nothing(int hops)
    {
        await using var site = Site().WithCloud().WithIdentity();
        for (var i = 0; i < hops; i++)
        {
            site.WithHop($"hop-{i}", FaultProxy.Good(allowed: d => d.Host is "localhost" or "127.0.0.1" && d.Port > 1000, credentials: "sensor:a word"), h => h with { Credentials = new HopCredentials("sensor", "a word") });
        }

        var report = await site.CheckAsync(Token);

        Assert.Empty(report.Findings);
        Assert.Equal(CheckOutcome.Passed, report.Outcome);
        var endpoint = Assert.Single(report.Routes[0].Endpoints);
        Assert.Equal([CloudService.IotHub, CloudService.Blob], endpoint.Services);
        Assert.True(endpoint.WebSocket);
        Assert.True(endpoint.LargePackets);
        Assert.Contains("CN=Culvert test cloud", endpoint.Certificate!.Issuer, StringComparison.Ordinal);
        Assert.InRange(report.ClockDriftMilliseconds!.Value, -30_000, 30_000);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_chain_through_an_https_hop_raises_nothing_and_shows_its_certificate()
    {
        await using var site = Site().WithCloud().WithIdentity();
        site.Authority.WriteTrust(site.PathOf("ca.pem"));
        site.WithHop(
            "plant", FaultTls.Wrap(new CloudFake(site.Authority.Issue("127.0.0.1")), FaultProxy.Good(allowed: d => d.Port > 1000 && d.Host == "localhost")),
            h => h with { Scheme = HopScheme.Https, Trust = new HopTrust { CaFile = site.PathOf("ca.pem") } });

        var report = await site.CheckAsync(Token);

        Assert.Empty(report.Findings);
        Assert.Equal("CN=127.0.0.1", report.Routes[0].Hops[0].Certificate!.Subject);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_session_that_opens_raises_nothing()
    {
        await using var site = Site().WithCloud(a => new CloudFake(a.Issue("localhost")) { SessionCode = 0 }).WithIdentity();
        site.OpensSession = true;

        var report = await site.CheckAsync(Token);

        Assert.Empty(report.Findings);
        Assert.Contains("CONNACK 0", report.Routes[0].Endpoints[0].Trace.Steps[^1].Evidence, StringComparison.Ordinal);
    }

    [Fact(Timeout = 90_000)]
    public async Task Before_activation_the_missing_identity_is_a_note_and_no_fault()
    {
        await using var site = Site().WithCloud(a => new CloudFake(a.Issue("localhost")) { Upgrade = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n" });

        var report = await site.CheckAsync(Token);

        Assert.Equal(FindingKind.Identity, Assert.Single(report.Findings).Kind);
        Assert.Equal(Severity.Note, report.Findings[0].Severity);
        Assert.Equal(CheckOutcome.Passed, report.Outcome);
    }

    [Fact(Timeout = 90_000)]
    public async Task An_open_proxy_is_a_warning_for_its_host_and_its_port()
    {
        await using var site = Site().WithCloud().WithIdentity().WithHop("plant", FaultProxy.Good(eager: true));

        var report = await site.CheckAsync(Token);

        Assert.Equal(CheckOutcome.PassedWithWarnings, report.Outcome);
        Assert.Equal(2, report.Findings.Count);
        Assert.All(report.Findings, f => Assert.Equal((FindingKind.LeastPrivilege, Severity.Warning, "plant"), (f.Kind, f.Severity, f.Target)));
    }

    [Fact(Timeout = 90_000)]
    public async Task Credentials_that_nobody_asks_for_are_told()
    {
        await using var site = Site().WithCloud().WithIdentity()
            .WithHop("plant", FaultProxy.Good(allowed: d => d.Port > 1000 && d.Host == "localhost"), h => h with { Credentials = new HopCredentials("sensor", "a word") });

        var report = await site.CheckAsync(Token);

        Assert.Equal(Cause.CredentialsUnnecessary, Assert.Single(report.Findings).Cause);
    }

    [Fact(Timeout = 90_000)]
    public async Task Ends_of_certificates_are_told_in_time()
    {
        await using var site = Site().WithCloud(a => new CloudFake(a.Issue("localhost", ends: TimeSpan.FromDays(10)))).WithIdentity();

        var finding = Assert.Single((await site.CheckAsync(Token)).Findings);

        Assert.Equal((FindingKind.Expiry, Severity.Warning, ActingTeam.CloudTeam), (finding.Kind, finding.Severity, finding.Actor));
        Assert.Contains("10 days", finding.Summary, StringComparison.Ordinal);
    }

    [Theory(Timeout = 90_000)]
    [InlineData(true, Severity.Warning)]
    [InlineData(false, Severity.Fault)]
    public async Task A_clock_that_is_off_blocks_activation_and_is_a_warning_after_it(bool activated, Severity severity)
    {
        await using var site = Site().WithCloud(a => new CloudFake(a.Issue("localhost")) { ClockOffset = TimeSpan.FromMinutes(-20) });
        if (activated)
        {
            site.WithIdentity();
        }

        var finding = (await site.CheckAsync(Token)).Findings[0];

        Assert.Equal((FindingKind.Clock, Cause.ClockOff, severity, ActingTeam.SensorOwner), (finding.Kind, finding.Cause, finding.Severity, finding.Actor));
        Assert.Contains("20 minutes ahead", finding.Summary, StringComparison.Ordinal);
    }

    [Fact(Timeout = 90_000)]
    public async Task Addresses_that_are_not_on_the_list_are_told()
    {
        await using var site = Site().WithCloud().WithIdentity();

        var report = await site.CheckAsync(Token, r => r with { ListedAddresses = new Dictionary<string, IReadOnlyList<IPAddress>> { ["localhost"] = [IPAddress.Parse("198.51.100.10")] } });

        Assert.Equal(FindingKind.Addresses, Assert.Single(report.Findings).Kind);
    }

    [Fact(Timeout = 90_000)]
    public async Task Silence_that_cuts_a_way_sooner_than_the_sign_of_life_is_a_fault()
    {
        await using var site = Site().WithCloud(a => new CloudFake(a.Issue("localhost")) { DeafAfter = TimeSpan.FromMilliseconds(500) }).WithIdentity();
        site.Options = Patiently with { IdleUpTo = TimeSpan.FromSeconds(2), AnswerTimeout = TimeSpan.FromSeconds(5) };

        var report = await site.CheckAsync(Token);

        var finding = Assert.Single(report.Findings, f => f.Kind == FindingKind.Idle);
        Assert.Equal((Cause.IdleCut, Severity.Fault), (finding.Cause, finding.Severity));
        Assert.Equal(TimeSpan.FromSeconds(2), report.Routes[0].Idle!.CutAfter);
    }

    [Theory]
    [InlineData(15, 30, Severity.Warning, "until it has learnt to come sooner")]
    [InlineData(25, 30, Severity.Note, "keeps it open")]
    [InlineData(60, 120, Severity.Note, "keeps it open")]
    [InlineData(5, 15, Severity.Warning, "until it has learnt to come sooner")]
    [InlineData(0, 5, Severity.Fault, "no session lasts")]
    public void Only_silence_that_was_survived_is_sure(int survived, int cut, Severity severity, string words)
    {
        var route = new RouteCheck { Name = "main", Idle = new IdleCheck(TimeSpan.FromSeconds(survived), TimeSpan.FromSeconds(cut), Silently: true) };
        var request = new CheckRequest { Routes = [], Endpoints = [] };

        var finding = Assert.Single(SideFindings.Of(request, new CheckOptions(), [route], null, default), f => f.Kind == FindingKind.Idle);

        Assert.Equal(severity, finding.Severity);
        Assert.Contains(words, finding.Summary, StringComparison.Ordinal);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_server_that_writes_its_Date_once_a_second_is_no_clock_that_is_off()
    {
        await using var site = Site().WithCloud(a => new CloudFake(a.Issue("localhost")) { ClockOffset = TimeSpan.FromSeconds(-0.9) }).WithIdentity();

        var report = await site.CheckAsync(Token);

        Assert.InRange(Math.Abs(report.ClockDriftMilliseconds!.Value), 0, report.ClockUncertaintyMilliseconds!.Value);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_slow_way_is_a_warning_and_no_loss_of_large_packets()
    {
        await using var site = Site().WithCloud().WithIdentity().WithHop("plant", FaultLine.SlowUp(20));
        site.Options = site.Options with { AnswerTimeout = TimeSpan.FromSeconds(6), LeastPrivilege = false };

        var finding = Assert.Single((await site.CheckAsync(Token)).Findings);

        Assert.Equal((FindingKind.Bandwidth, Severity.Warning, Cause.TooSlow), (finding.Kind, finding.Severity, finding.Cause));
    }

    [Fact(Timeout = 90_000)]
    public async Task A_tunnel_that_is_cut_after_some_bytes_is_told_and_is_no_fault()
    {
        await using var site = Site().WithCloud().WithIdentity().WithHop("plant", FaultLine.CutsAfter(12_000));
        site.Options = site.Options with { LeastPrivilege = false };

        var finding = Assert.Single((await site.CheckAsync(Token)).Findings);

        Assert.Equal((FindingKind.PacketSize, Severity.Note), (finding.Kind, finding.Severity));
    }

    [Fact(Timeout = 90_000)]
    public async Task One_working_route_of_two_is_impaired_and_not_no_way()
    {
        await using var site = Site().WithCloud().WithIdentity();
        var broken = new Route { Name = "second", Priority = 2, Hops = [new Hop { Name = "gone", Address = new HostPort("127.0.0.1", site.Closed()) }] };

        var report = await site.CheckAsync(Token, r => r with { Routes = [.. r.Routes, broken] });

        Assert.Equal(CheckOutcome.Impaired, report.Outcome);
        Assert.Equal("second", Assert.Single(report.Findings).Route);
    }

    [Fact(Timeout = 90_000)]
    public async Task What_a_proxy_quotes_of_our_password_is_not_in_the_report()
    {
        const string Word = "correct horse battery";
        var token = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"sensor:{Word}"));
        await using var site = Site().WithCloud()
            .WithHop("plant", FaultProxy.Answers($"HTTP/1.1 500 {Word}\r\nServer: squid {token}\r\nContent-Length: 0\r\n\r\n"), h => h with { Credentials = new HopCredentials("sensor", Word) });

        var json = JsonSerializer.Serialize(await site.CheckAsync(Token), CheckJson.Default.CheckReport);

        Assert.DoesNotContain(Word, json, StringComparison.Ordinal);
        Assert.DoesNotContain(token, json, StringComparison.Ordinal);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_report_survives_its_JSON_form()
    {
        await using var site = Site().WithCloud().WithHop("plant", FaultProxy.Good(allowed: _ => false));
        var report = await site.CheckAsync(Token);

        var json = JsonSerializer.Serialize(report, CheckJson.Default.CheckReport);
        var again = JsonSerializer.Deserialize(json, CheckJson.Default.CheckReport)!;

        Assert.Equal(json, JsonSerializer.Serialize(again, CheckJson.Default.CheckReport));
        Assert.Contains("\"schemaVersion\": 1", json, StringComparison.Ordinal);
        Assert.Contains("\"cause\": \"destinationRefused\"", json, StringComparison.Ordinal);
    }

    private static FaultSite Site() => new() { Dialing = Patient, Options = Patiently };
}
