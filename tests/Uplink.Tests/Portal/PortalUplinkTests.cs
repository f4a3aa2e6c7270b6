using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Culvert.CloudServices;
using Culvert.Outbox;
using Culvert.PortalHost;
using Culvert.Storage;

namespace Culvert.Uplink.Tests;

/// <summary>The uplink against the real portal, over real TLS.</summary>
public sealed class PortalUplinkTests(PortalUplinkTests.Portals portals) : IClassFixture<PortalUplinkTests.Portals>
{
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_stream_arrives_once_by_websocket_and_by_plain_tls(bool plainTls)
    {
        var sensor = plainTls ? "tls-1" : "ws-1";
        using var identity = await portals.One.EnrolAsync(sensor);
        await using var rig = await StartAsync(sensor, identity, plainTls);
        await AppendOneOfEachAsync(rig, 1);
        await rig.WaitUntilDeliveredAsync();
        foreach (var stream in Enum.GetValues<RecordStream>())
        {
            await Until.TrueAsync(async () => await StoredAsync(sensor, stream) == (1, 0), $"{stream} is stored once");
        }

        Assert.NotNull(await portals.One.Store.Alerts.FindAsync(sensor, "alert-1", TestContext.Current.CancellationToken));
        Assert.True(rig.Access.Readings.Clock.Drift!.Value.Duration() < TimeSpan.FromSeconds(5));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_committed_and_not_acknowledged_is_sent_again_and_stored_once()
    {
        const string Sensor = "again-1";
        using var identity = await portals.One.EnrolAsync(Sensor);
        var gate = new Gate();
        await using var rig = await StartAsync(Sensor, identity, connect: gate.ConnectAsync);
        // So that the connections are there that are muted.
        await rig.AppendAsync(OutgoingRecord.From(TestParts.Alert("alert-1")), OutgoingRecord.From(TestParts.Device("device-1")));
        await rig.WaitUntilDeliveredAsync();
        // From here on nothing comes back: the portal commits, and the sensor does not hear of it.
        gate.Mute();
        await rig.AppendAsync(OutgoingRecord.From(TestParts.Alert("alert-2")), OutgoingRecord.From(TestParts.Device("device-2")));
        await Until.TrueAsync(async () => await StoredAsync(Sensor, RecordStream.Alerts) == (2, 0), "the portal has the alert");
        await Until.TrueAsync(async () => await StoredAsync(Sensor, RecordStream.Inventory) == (2, 0), "the portal has the device");
        Assert.Equal(2, rig.Outbox.Waiting);
        gate.CutAll();
        await rig.WaitUntilDeliveredAsync();
        Assert.Equal((2, 1), await StoredAsync(Sensor, RecordStream.Alerts));
        Assert.Equal((2, 1), await StoredAsync(Sensor, RecordStream.Inventory));
    }

    [Fact(Timeout = 60_000)]
    public async Task Settings_and_commands_come_down_and_reports_go_up()
    {
        const string Sensor = "twin-1";
        using var identity = await portals.One.EnrolAsync(Sensor);
        await using var rig = await StartAsync(Sensor, identity);
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
        var administration = portals.One.Service<SensorAdministration>();
        var outcome = await administration.DesireAsync(Sensor, new JsonObject { ["bandwidthCapKbps"] = 777, ["learning"] = false }, Actor.Local, TestContext.Current.CancellationToken);
        Assert.True(outcome.IsDone);
        await Until.TrueAsync(() => rig.Settings.InForce is { BandwidthCapKbps: 777, Learning: false }, "in force");
        await Until.TrueAsync(
            async () => JsonNode.Parse((await portals.One.Store.Twins.FindAsync(Sensor, TestContext.Current.CancellationToken))!.Reported)!["bandwidthCapKbps"]?.GetValue<int>() == 777,
            "reported");
        var ping = await administration.InvokeAsync(Sensor, "ping", "{}", Actor.Local, TestContext.Current.CancellationToken);
        Assert.Equal((MethodOutcome.Answered, 200), (ping.Outcome, ping.Status));
        Assert.NotNull(JsonNode.Parse(ping.Payload!)!["at"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Evidence_is_uploaded_and_its_record_follows()
    {
        const string Sensor = "evidence-1";
        using var identity = await portals.One.EnrolAsync(Sensor);
        await using var rig = await StartAsync(Sensor, identity);
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        rig.Commands.Evidence = id =>
        {
            var file = Path.Combine(rig.Folder, "cut.pcap");
            File.WriteAllBytes(file, content);
            return new EvidenceCapture(file, $"alerts/{id} 1.pcap");
        };
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
        var answer = await portals.One.Service<SensorAdministration>().InvokeAsync(Sensor, "uploadEvidence", """{"alertId":"a-1"}""", Actor.Local, TestContext.Current.CancellationToken);
        Assert.True(answer is { Outcome: MethodOutcome.Answered, Status: 200 }, $"{answer}; {string.Join(" | ", rig.Log.Lines.TakeLast(5))}");
        await rig.WaitUntilDeliveredAsync();
        var blob = await portals.One.Store.Blobs.FindAsync("evidence", $"{Sensor}/alerts/a-1 1.pcap", TestContext.Current.CancellationToken);
        Assert.NotNull(blob);
        await using var kept = await portals.One.Store.Blobs.OpenAsync(blob, TestContext.Current.CancellationToken);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(content)), Convert.ToHexString(await SHA256.HashDataAsync(kept!, TestContext.Current.CancellationToken)));
        Assert.Equal((1, 0), await StoredAsync(Sensor, RecordStream.Evidence));
        Assert.False(File.Exists(Path.Combine(rig.Folder, "cut.pcap")));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_package_of_the_portal_is_fetched_applied_and_reported()
    {
        const string Sensor = "package-1";
        using var identity = await portals.One.EnrolAsync(Sensor, automaticPackages: true);
        var uploaded = await portals.One.Service<PackageCatalogue>().UploadAsync(
            """{"version":"2026.11.24.1","maliciousAddresses":[{"address":"203.0.113.7","name":"C2"}],"maliciousDomains":[],"payloadSignatures":[],"vulnerabilities":[]}"""u8.ToArray(),
            Actor.Local,
            TestContext.Current.CancellationToken);
        Assert.True(uploaded.IsDone, string.Join("; ", uploaded.Mistakes));
        await using var rig = await StartAsync(Sensor, identity);
        await Until.TrueAsync(() => rig.Packages.Status == new PackageStatus("2026.11.24.1", "Ok", null), "in use");
        await Until.TrueAsync(
            async () => JsonNode.Parse((await portals.One.Store.Twins.FindAsync(Sensor, TestContext.Current.CancellationToken))!.Reported)!["threatIntelligenceVersion"]?.GetValue<string>() == "2026.11.24.1",
            "reported");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sensor_that_is_revoked_while_connected_stops_and_names_the_reason()
    {
        const string Sensor = "revoked-1";
        using var identity = await portals.One.EnrolAsync(Sensor);
        await using var rig = await StartAsync(Sensor, identity);
        await Until.TrueAsync(() => rig.Runner.IsConnected, "connected");
        Assert.Equal(StoreOutcome.Done, await portals.One.Service<SensorAdministration>().RevokeAsync(Sensor, Actor.Local, TestContext.Current.CancellationToken));
        await Until.TrueAsync(() => rig.Access.Readings.Revocation?.Code == RefusalCode.SensorRevoked, "the sensor knows");
        await AppendOneOfEachAsync(rig, 1);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(5, rig.Outbox.Waiting);
        Assert.Equal((0, 0), await StoredAsync(Sensor, RecordStream.Inventory));
    }

    [Fact(Timeout = 60_000)]
    public async Task Enrolment_answers_a_certificate_once_and_each_refusal_has_its_own_name()
    {
        const string Sensor = "enrol-1";
        var activation = await portals.One.OnboardAsync(Sensor);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var access = Access(Sensor, null, new CloudReadings(TimeProvider.System));
        Task<EnrolmentResult> Ask(CloudAccess by, string? token, ECDsa with) =>
            CertificateEnrolment.RequestAsync(by, new SensorId(Sensor), token, InProcessPortal.RequestPem(Sensor, with), TestContext.Current.CancellationToken);

        Assert.Equal(RefusalCode.TokenUnknown, (await Ask(access, "made-up", key)).Refusal?.Code);
        var issued = await Ask(access, activation.EnrolmentToken, key);
        Assert.True(issued.CertificatePem is not null, $"{issued.Refusal} {issued.Failure?.Message}");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal(RefusalCode.TokenUsed, (await Ask(access, activation.EnrolmentToken, other)).Refusal?.Code);

        // A clock that is off is told by how much, and measured.
        var late = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(-3));
        using var off = Access(Sensor, null, new CloudReadings(late));
        var refusal = (await Ask(off, activation.EnrolmentToken, other)).Refusal;
        Assert.Equal(RefusalCode.ClockOff, refusal?.Code);
        Assert.NotNull(refusal!.CloudTime);
        Assert.InRange(off.Readings.Clock.Drift!.Value.TotalHours, -3.01, -2.99);

        // Renewal by the certificate itself, without a token; without either there is none.
        using var certificate = X509Certificate2.CreateFromPem(issued.CertificatePem);
        using var identity = certificate.CopyWithPrivateKey(key);
        using var renewing = Access(Sensor, identity, new CloudReadings(TimeProvider.System));
        Assert.NotNull((await Ask(renewing, null, other)).CertificatePem);
        Assert.NotNull((await Ask(access, null, other)).Refusal);
        await portals.One.Service<SensorAdministration>().RevokeAsync(Sensor, Actor.Local, TestContext.Current.CancellationToken);
        Assert.Equal(RefusalCode.SensorRevoked, (await Ask(renewing, null, other)).Refusal?.Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sensor_without_a_certificate_proves_itself_by_its_shared_access_key_to_hub_and_event_hubs()
    {
        const string Sensor = "key-1";
        await portals.One.OnboardAsync(Sensor);
        var key = (await portals.One.Service<SensorAdministration>().CreateSymmetricKeyAsync(Sensor, Actor.Local, TestContext.Current.CancellationToken))!;
        await using var rig = await StartAsync(Sensor, null, access: new SharedAccess(key, null));
        await AppendOneOfEachAsync(rig, 1);
        await rig.WaitUntilDeliveredAsync();
        Assert.Equal((1, 0), await StoredAsync(Sensor, RecordStream.Alerts));
        Assert.Equal((1, 0), await StoredAsync(Sensor, RecordStream.Inventory));
        Assert.DoesNotContain(rig.Log.Lines, l => l.Contains(key, StringComparison.Ordinal) || l.Contains("sig=", StringComparison.Ordinal));
        Assert.DoesNotContain(key, new SharedAccess(key, "policy").ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Throttled_and_unavailable_answers_only_delay()
    {
        const string Sensor = "throttled-1";
        using var identity = await portals.One.EnrolAsync(Sensor);
        var answers = new Queue<HttpStatusCode>([HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable, HttpStatusCode.BadGateway]);
        await using var rig = await StartAsync(Sensor, identity, fault: () => answers.TryDequeue(out var status) ? status : null);
        await rig.AppendAsync([.. Enumerable.Range(1, 50).Select(n => OutgoingRecord.From(TestParts.Device($"device-{n}")))]);
        await rig.WaitUntilDeliveredAsync();
        Assert.Equal((50, 0), await StoredAsync(Sensor, RecordStream.Inventory));
        Assert.Empty(answers);
    }

    private static Task AppendOneOfEachAsync(UplinkRig rig, int number) => rig.AppendAsync(
        OutgoingRecord.From(TestParts.Alert($"alert-{number}")),
        OutgoingRecord.From(TestParts.Device($"device-{number}")),
        OutgoingRecord.From(TestParts.Health(TimeProvider.System.GetUtcNow())),
        OutgoingRecord.From(new TrafficRecord
        {
            Zone = "cell-1",
            IntervalStart = DateTimeOffset.UnixEpoch,
            IntervalSeconds = 60,
            Source = "a",
            Destination = "b",
            Protocol = "Modbus",
            Frames = 1,
            Bytes = 64,
        }),
        OutgoingRecord.From(new EvidenceRecord { AlertId = $"alert-{number}", BlobName = "b", Length = 1, Sha256 = new string('0', 64), CreatedAt = DateTimeOffset.UnixEpoch }));

    private async Task<(long Stored, long Duplicates)> StoredAsync(string sensor, RecordStream stream)
    {
        var all = await portals.One.Store.Ingest.ListStatisticsAsync(sensor, TestContext.Current.CancellationToken);
        return all.Where(s => s.Stream == stream).Select(s => (s.Stored, s.Duplicates)).SingleOrDefault();
    }

    private async Task<UplinkRig> StartAsync(
        string sensor, X509Certificate2? identity, bool plainTls = false, Func<int, CancellationToken, Task<Stream>>? connect = null, Func<HttpStatusCode?>? fault = null, SharedAccess? access = null)
    {
        var options = new UplinkOptions { Sensor = new SensorId(sensor), SoftwareVersion = "1.0", AnswerTimeout = TimeSpan.FromSeconds(30), HubAccess = access, EventHubsAccess = access };
        var cloud = Access(sensor, identity, new CloudReadings(TimeProvider.System), plainTls, connect, fault);
        return await UplinkRig.StartAsync(cloud, TimeProvider.System, options, portals.One.Service<PortalAuthority>().PackageKey.ExportSubjectPublicKeyInfoPem());
    }

    private CloudAccess Access(
        string sensor, X509Certificate2? identity, CloudReadings readings, bool plainTls = false, Func<int, CancellationToken, Task<Stream>>? connect = null, Func<HttpStatusCode?>? fault = null) => new(
        TestParts.Endpoints(plainTls ? TunnelChannelFactory.SecureMqttPort : portals.One.Port, portals.One.Port),
        endpoint => new FaultHandler(endpoint.Service == CloudService.EventHubs ? fault : null, portals.One.Handler(identity, connect)),
        (_, token) => portals.One.OpenTlsAsync(portals.One.MqttPort, identity, token, connect),
        readings);

    public sealed class Portals : IAsyncLifetime
    {
        public InProcessPortal One { get; private set; } = null!;

        public async ValueTask InitializeAsync() => One = await InProcessPortal.StartAsync();

        public ValueTask DisposeAsync() => One.DisposeAsync();
    }

    private sealed class FaultHandler(Func<HttpStatusCode?>? fault, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            fault?.Invoke() is { } status ? new HttpResponseMessage(status) { RequestMessage = request } : await base.SendAsync(request, cancellationToken);
    }
}
