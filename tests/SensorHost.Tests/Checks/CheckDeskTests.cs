using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Checking;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.SensorHost.Tests;

public sealed class CheckDeskTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact(Timeout = 60_000)]
    public async Task What_the_checks_find_broken_is_kept_until_the_cloud_has_it()
    {
        var folder = new SensorFolder(_folder.Root);
        var identity = MakeIdentity(folder);
        var settings = new SensorFileSettings { Routes = [new Route { Name = "main", Hops = [new Hop { Name = "plant-proxy", Address = new HostPort("127.0.0.1", 1) }] }] };
        using var cloud = new CloudFactory(TimeProvider.System, new Random(1), NullLogger.Instance).Create(identity.Activation, identity.Trust, () => identity.Certificate, settings);
        CheckDesk Open() => new(folder, identity, cloud, TimeSpan.FromSeconds(30), TimeProvider.System, NullLogger.Instance);
        using var desk = Open();
        Assert.Null(desk.Untold);

        var answer = await desk.AnswerAsync(_ => Task.CompletedTask, TestContext.Current.CancellationToken);

        Assert.Equal(200, answer.Status);
        using var report = JsonDocument.Parse(answer.Json!);
        Assert.Equal("noWay", report.RootElement.GetProperty("outcome").GetString(), ignoreCase: true);
        Assert.Contains("plant-proxy", desk.Untold, StringComparison.Ordinal);
        // The whole report goes with the next health record, once.
        Assert.Equal("plant-proxy", desk.TakeUnsent()!.Value.GetProperty("findings")[0].GetProperty("target").GetString());
        Assert.Null(desk.TakeUnsent());
        // A restart does not forget it.
        using (var restarted = Open())
        {
            Assert.Contains("plant-proxy", restarted.Untold, StringComparison.Ordinal);
            Assert.NotNull(restarted.TakeUnsent());
        }

        // What was acknowledged before it was told does not count.
        var now = TimeProvider.System.GetUtcNow();
        desk.Acknowledged(now);
        Assert.NotNull(desk.Untold);
        desk.Told(now);
        desk.Acknowledged(now.AddSeconds(-1));
        Assert.NotNull(desk.Untold);
        desk.Acknowledged(now);
        Assert.Null(desk.Untold);
        using var after = Open();
        Assert.Null(after.Untold);
        Assert.True(File.Exists(folder.FailedCheck));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_report_that_comes_too_late_for_the_answer_goes_with_a_health_record()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(); // accepts, and never says a word
        var folder = new SensorFolder(_folder.Root);
        var identity = MakeIdentity(folder);
        var settings = new SensorFileSettings { Routes = [new Route { Name = "main", Hops = [new Hop { Name = "plant-proxy", Address = new HostPort("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port) }] }] };
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var cloud = new CloudFactory(TimeProvider.System, new Random(1), NullLogger.Instance).Create(identity.Activation, identity.Trust, () => identity.Certificate, settings);
        using var desk = new CheckDesk(folder, identity, cloud, TimeSpan.FromSeconds(30), clock, NullLogger.Instance);
        JsonElement? sent = null;

        var answer = desk.AnswerAsync(
            _ =>
            {
                sent = desk.TakeUnsent();
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(26));

        Assert.Equal(202, (await answer).Status);
        await Until.TrueAsync(() => sent is not null, "the report is sent", () => clock.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal("noWay", sent!.Value.GetProperty("outcome").GetString());
        Assert.Equal("plant-proxy", sent.Value.GetProperty("findings")[0].GetProperty("target").GetString());
    }

    [Theory]
    [InlineData(2, true, true)]
    [InlineData(60, true, false)]
    [InlineData(2000, false, false)]
    public void A_report_of_very_many_routes_fits_into_a_message(int routes, bool keepsRoutes, bool keepsTraces)
    {
        var steps = Enumerable.Range(0, 40).Select(i => new TraceStep { HopIndex = i, Target = "plant-proxy", Stage = Stage.Request, Elapsed = TimeSpan.FromSeconds(1), Evidence = "403 Forbidden" }).ToArray();
        var report = new CheckReport
        {
            StartedAt = default,
            Outcome = CheckOutcome.NoWay,
            Routes = [.. Enumerable.Range(0, routes).Select(i => new RouteCheck
            {
                Name = $"route-{i}",
                Endpoints = [new EndpointCheck { Address = "portal.example.com:443", Trace = new Trace { Route = $"route-{i}", Destination = "portal.example.com:443", StartedAt = default, Steps = steps } }],
            })],
            Findings = [.. Enumerable.Range(0, routes).Select(i => new Finding { Kind = FindingKind.Way, Severity = Severity.Fault, Summary = $"finding {i}", Actor = ActingTeam.PlantNetwork, Remedy = new string('r', 200) })],
        };

        var form = CheckReportForm.Of(report);

        Assert.True(form.GetRawText().Length <= CheckReportForm.MaxBytes);
        Assert.Equal(keepsRoutes, form.GetProperty("routes").GetArrayLength() == routes);
        Assert.Equal(keepsTraces, form.GetRawText().Contains("403 Forbidden", StringComparison.Ordinal));
        Assert.Equal("finding 0", form.GetProperty("findings")[0].GetProperty("summary").GetString());
    }

    public void Dispose() => _folder.Dispose();

    private static SensorIdentity MakeIdentity(SensorFolder folder)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var rootRequest = new CertificateRequest("CN=test root", rootKey, HashAlgorithmName.SHA384);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(10));
        var (key, request) = SensorIdentity.PrepareRequest(folder, new SensorId("s1"));
        using (key)
        {
            var asked = CertificateRequest.LoadSigningRequestPem(request, HashAlgorithmName.SHA384);
            using var issued = new CertificateRequest(asked.SubjectName, asked.PublicKey, HashAlgorithmName.SHA384).Create(root, now.AddDays(-1), now.AddDays(9), [1]);
            SensorIdentity.Keep(folder, issued.ExportCertificatePem(), key);
        }

        SensorIdentity.KeepActivation(folder, new ActivationContent
        {
            Sensor = "s1",
            Site = "Plant",
            Zone = "cell-1",
            Endpoints = [.. Enum.GetValues<CloudService>().Select(s => new CloudEndpointEntry(s, "portal.culvert.test", 443))],
            TrustPem = root.ExportCertificatePem(),
            PackageSigningKeyPem = rootKey.ExportSubjectPublicKeyInfoPem(),
            EnrolmentToken = "secret",
            IssuedAt = now,
            ExpiresAt = now.AddDays(14),
        });
        Assert.DoesNotContain("secret", File.ReadAllText(folder.Activation), StringComparison.Ordinal);
        return SensorIdentity.Load(folder);
    }
}
