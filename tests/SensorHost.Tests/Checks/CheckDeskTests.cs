using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

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

        var answer = await desk.AnswerAsync(CancellationToken.None);

        Assert.Equal(200, answer.Status);
        using var report = JsonDocument.Parse(answer.Json!);
        Assert.Equal("noWay", report.RootElement.GetProperty("outcome").GetString(), ignoreCase: true);
        Assert.Contains("plant-proxy", desk.Untold, StringComparison.Ordinal);
        // A restart does not forget it.
        using (var restarted = Open())
        {
            Assert.Contains("plant-proxy", restarted.Untold, StringComparison.Ordinal);
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
            PackageSigningKeyPem = "",
            EnrolmentToken = "secret",
            IssuedAt = now,
            ExpiresAt = now.AddDays(14),
        });
        Assert.DoesNotContain("secret", File.ReadAllText(folder.Activation), StringComparison.Ordinal);
        return SensorIdentity.Load(folder);
    }
}
