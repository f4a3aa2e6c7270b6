using Culvert.Outbox;
using Culvert.Uplink;

namespace Culvert.SensorHost.Tests;

public sealed class HealthMessagesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);

    private static readonly HealthFacts Well = new()
    {
        Now = Now,
        StartedAt = Now.AddHours(-1),
        IsConnected = true,
        Outbox = new OutboxHealth { MaxBytes = 1000 },
        Package = new PackageStatus(null, "Ok", null),
        CertificateEnds = Now.AddDays(60),
        Disk = (10_000_000_000, 100_000_000_000),
    };

    [Fact]
    public void Nothing_is_said_when_all_is_well() => Assert.Empty(HealthMessages.Of(Well));

    [Fact]
    public void Every_title_is_explained_in_the_documentation()
    {
        var page = Repository.Doc("health-messages.md");

        Assert.All(HealthMessages.Titles, title => Assert.Contains($"| {title} |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_trouble_has_its_message()
    {
        var endpoint = new EndpointReading { Service = CloudService.Blob, Cause = Cause.CredentialsMissing, Evidence = "407" };
        (HealthFacts Facts, string Title, HealthLevel Level)[] cases =
        [
            (Well with { IsConnected = false, LostSince = Now.AddMinutes(-1) }, "Disconnected", HealthLevel.Critical),
            (Well with { Revocation = new Refusal(RefusalCode.SensorRevoked, "revoked") }, "Revoked", HealthLevel.Critical),
            (Well with { Defects = 1 }, "Sanity failed", HealthLevel.Critical),
            (Well with { OutboxTrouble = OutboxTrouble.DiskFailed }, "Sanity failed", HealthLevel.Critical),
            (Well with { Sources = [new SourceState(new SensorSource { Interface = "eth1", Zone = "z" })] }, "No traffic detected", HealthLevel.Critical),
            (Well with { Endpoints = [("portal:443", endpoint)] }, "Sensor is partially connected", HealthLevel.Warning),
            (Well with { RecentLosses = 5 }, "Unstable traffic to the cloud", HealthLevel.Warning),
            (Well with { Drift = TimeSpan.FromMinutes(-2) }, "Time drift", HealthLevel.Warning),
            (Well with { BandwidthShare = 0.95 }, "Traffic bandwidth is close to its limit", HealthLevel.Warning),
            (Well with { Fullest = ("z", 95, 100, 0) }, "Number of monitored devices is close to its limit", HealthLevel.Warning),
            (Well with { Fullest = ("z", 100, 100, 3) }, "Number of monitored devices exceeded its limit", HealthLevel.Warning),
            (Well with { Disk = (1_000_000, 100_000_000_000) }, "Disk is almost full", HealthLevel.Warning),
            (Well with { Outbox = new OutboxHealth { Dropped = new Dictionary<RecordStream, long> { [RecordStream.Traffic] = 3 } } }, "Records were dropped", HealthLevel.Warning),
            (Well with { Sources = [new SourceState(new SensorSource { Capture = "a.pcap", Zone = "z" }) { Fault = "torn" }] }, "Capture cannot be read", HealthLevel.Warning),
            (Well with { Package = new PackageStatus("1", "Failed", "2: bad") }, "Threat intelligence update failed", HealthLevel.Warning),
            (Well with { CertificateEnds = Now.AddDays(3) }, "Certificate ends soon", HealthLevel.Warning),
            (Well with { FailedCheck = "a hop" }, "Connectivity check found a fault", HealthLevel.Warning),
        ];

        Assert.All(cases, c => Assert.Equal((c.Title, c.Level), HealthMessages.Of(c.Facts).Select(m => (m.Title, m.Level)).Single()));
        Assert.Contains("Proxy authentication: Blob at portal:443", HealthMessages.Of(Well with { Endpoints = [("portal:443", endpoint)] })[0].Detail, StringComparison.Ordinal);
    }
}
