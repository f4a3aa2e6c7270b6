using System.Net;
using Culvert.CloudServices.Tests;
using Culvert.Uplink;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.SensorHost.Tests;

/// <summary>The client certificate is renewed at a real portal before it ends.</summary>
public sealed class CertificateRenewalTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact(Timeout = 120_000)]
    public async Task After_two_thirds_of_its_life_the_certificate_is_replaced_with_a_new_key_and_the_portal_takes_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var portal = await InProcessPortal.StartAsync();
        var activation = await portal.OnboardAsync("renewing");
        var folder = new SensorFolder(_folder.Root);
        var identity = await EnrolAsync(folder, activation, cancellation);
        using var cloud = Reach(activation, identity);
        var first = identity.Certificate.TargetCertificate;
        var clock = new FakeTimeProvider(identity.NotBefore);
        var renewal = new CertificateRenewal(folder, identity, cloud.Access, clock, NullLogger.Instance);
        Assert.Equal((identity.NotAfter - identity.NotBefore) * 2 / 3, renewal.DueAt - identity.NotBefore);
        var due = renewal.DueAt;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = renewal.RunAsync(end.Token);
        clock.SetUtcNow(due.AddMinutes(-10));
        Assert.Same(first, identity.Certificate.TargetCertificate);

        await Until.TrueAsync(() => identity.Certificate.TargetCertificate.SerialNumber != first.SerialNumber, "renewed", () => clock.Advance(TimeSpan.FromMinutes(1)));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.True(clock.GetUtcNow() >= due);
        Assert.NotEqual(first.GetPublicKeyString(), identity.Certificate.TargetCertificate.GetPublicKeyString());
        var kept = SensorIdentity.Load(folder);
        using var again = Reach(activation, kept);
        // Whom the portal does not know gets no certificate without a token.
        var (key, request) = SensorIdentity.PrepareRequest(folder, kept.Sensor);
        using (key)
        {
            var proved = await CertificateEnrolment.RequestAsync(again.Access, kept.Sensor, null, request, cancellation);
            Assert.True(proved.CertificatePem is not null, $"{proved.Refusal} {proved.Failure}");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<SensorIdentity> EnrolAsync(SensorFolder folder, ActivationContent activation, CancellationToken cancellationToken)
    {
        using var cloud = Reach(activation, null);
        var (key, request) = SensorIdentity.PrepareRequest(folder, new SensorId(activation.Sensor));
        using (key)
        {
            var enrolled = await CertificateEnrolment.RequestAsync(cloud.Access, new SensorId(activation.Sensor), activation.EnrolmentToken, request, cancellationToken);
            Assert.True(enrolled.CertificatePem is not null, $"{enrolled.Refusal} {enrolled.Failure}");
            SensorIdentity.Keep(folder, enrolled.CertificatePem, key);
        }

        SensorIdentity.KeepActivation(folder, activation);
        return SensorIdentity.Load(folder);
    }

    private static SensorCloud Reach(ActivationContent activation, SensorIdentity? identity) =>
        new CloudFactory(TimeProvider.System, new Random(1), NullLogger.Instance).Create(
            activation,
            ActivationReader.Trust(activation),
            () => identity?.Certificate,
            new SensorFileSettings { BandwidthKbps = 0, Hosts = new Dictionary<string, IReadOnlyList<IPAddress>> { ["localhost"] = [IPAddress.Loopback] } });
}
