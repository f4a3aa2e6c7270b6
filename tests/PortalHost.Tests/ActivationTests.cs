using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Storage;

namespace Culvert.PortalHost.Tests;

public sealed class ActivationTests(RunningPortal portal)
{
    [Fact]
    public async Task The_file_is_signed_by_the_portals_root_and_an_altered_one_is_not()
    {
        var file = await portal.OnboardAsync("signed-1");
        var content = Convert.FromBase64String(file.Content);
        using var signer = X509Certificate2.CreateFromPem(file.SignerPem);
        using var key = signer.GetECDsaPublicKey()!;
        Assert.True(key.VerifyData(content, Convert.FromBase64String(file.Signature), HashAlgorithmName.SHA384));
        content[^20] ^= 1;
        Assert.False(key.VerifyData(content, Convert.FromBase64String(file.Signature), HashAlgorithmName.SHA384));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(SensorClient.Content(file).TrustPem);
        Assert.True(chain.Build(signer), string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation)));
    }

    [Fact]
    public async Task The_file_names_sensor_place_exact_endpoints_and_ends_after_fourteen_days()
    {
        var content = SensorClient.Content(await portal.OnboardAsync("named-1"));
        Assert.Equal(("named-1", "ghent", "cell-1", SensorType.Ot, SensorMode.CloudConnected), (content.Sensor, content.Site, content.Zone, content.Type, content.Mode));
        Assert.Equal(TimeSpan.FromDays(14), content.ExpiresAt - content.IssuedAt);
        Assert.Equal(Enum.GetValues<CloudService>(), content.Endpoints.Select(e => e.Service));
        Assert.All(content.Endpoints, e => Assert.Equal((portal.Address.Host, portal.Address.Port), (e.Host, e.Port)));
        Assert.True(content.EnrolmentToken.Length >= 32);
        Assert.Equal(SensorState.PendingActivation, (await portal.Store.Sensors.FindAsync("named-1", TestContext.Current.CancellationToken))!.State);
    }

    [Fact]
    public async Task A_token_gives_a_certificate_of_the_sensors_own_key_once()
    {
        var token = SensorClient.Content(await portal.OnboardAsync("once-1")).EnrolmentToken;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var (status, text) = await portal.EnrolAsync("once-1", token, SensorClient.Request("once-1", key));
        Assert.True(status == 200, text);
        var answer = JsonSerializer.Deserialize(text, CulvertJson.Default.EnrolmentAnswer)!;
        using var certificate = X509Certificate2.CreateFromPem(answer.CertificatePem);
        Assert.Equal("CN=once-1", certificate.Subject);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), certificate.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.InRange((certificate.NotAfter.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime).TotalDays, 89, 91);
        Assert.Equal(SensorState.Active, (await portal.Store.Sensors.FindAsync("once-1", TestContext.Current.CancellationToken))!.State);
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var refusal = SensorClient.Refusal(await portal.EnrolAsync("once-1", token, SensorClient.Request("once-1", thief)), 403);
        Assert.Equal(RefusalCode.TokenUsed, refusal.Code);
    }

    [Fact]
    public async Task A_new_file_makes_the_old_one_void()
    {
        var old = SensorClient.Content(await portal.OnboardAsync("again-1")).EnrolmentToken;
        var file = (await portal.Service<SensorOnboarding>().ReissueAsync("again-1", Actor.Local, TestContext.Current.CancellationToken)).Value!;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal(RefusalCode.TokenUnknown, SensorClient.Refusal(await portal.EnrolAsync("again-1", old, SensorClient.Request("again-1", key)), 403).Code);
        Assert.Equal(200, (await portal.EnrolAsync("again-1", SensorClient.Content(file).EnrolmentToken, SensorClient.Request("again-1", key))).Status);
    }

    [Fact]
    public async Task A_token_of_another_sensor_is_refused()
    {
        var token = SensorClient.Content(await portal.OnboardAsync("mine-1")).EnrolmentToken;
        await portal.OnboardAsync("yours-1");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal(RefusalCode.TokenUnknown, SensorClient.Refusal(await portal.EnrolAsync("yours-1", token, SensorClient.Request("yours-1", key)), 403).Code);
    }

    [Theory]
    [InlineData(-6)]
    [InlineData(6)]
    [InlineData(60 * 24 * 400)]
    public async Task A_clock_that_is_off_is_told_the_right_time(int minutes)
    {
        var token = SensorClient.Content(await portal.OnboardAsync($"late{minutes}-1".Replace("-6", "m6", StringComparison.Ordinal))).EnrolmentToken;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var name = $"late{minutes}-1".Replace("-6", "m6", StringComparison.Ordinal);
        var refusal = SensorClient.Refusal(await portal.EnrolAsync(name, token, SensorClient.Request(name, key), TimeSpan.FromMinutes(minutes)), 403);
        Assert.Equal(RefusalCode.ClockOff, refusal.Code);
        Assert.InRange((refusal.CloudTime!.Value - portal.Clock.GetUtcNow()).Duration(), TimeSpan.Zero, TimeSpan.FromMinutes(2));
        // The token was not used up by it.
        Assert.Equal(200, (await portal.EnrolAsync(name, token, SensorClient.Request(name, key))).Status);
    }

    [Fact]
    public async Task Requests_that_are_weak_wrong_or_nonsense_are_refused_and_use_no_token_up()
    {
        const string name = "picky-1";
        var token = SensorClient.Content(await portal.OnboardAsync(name)).EnrolmentToken;
        using var good = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var tooLarge = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        using var weak = RSA.Create(1024);
        var weakPem = new CertificateRequest($"CN={name}", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem();
        var forged = Convert.FromBase64String(string.Concat(SensorClient.Request(name, good).Split('\n').Where(l => !l.StartsWith('-'))));
        forged[^3] ^= 1;
        string[] bad =
        [
            SensorClient.Request("somebody-else", good), SensorClient.Request(name, tooLarge), weakPem, new string(PemEncoding.Write("CERTIFICATE REQUEST", forged)), "", "nonsense",
        ];
        foreach (var pem in bad)
        {
            Assert.Equal(RefusalCode.BadRequest, SensorClient.Refusal(await portal.EnrolAsync(name, token, pem), 400).Code);
        }

        Assert.Equal(400, (await portal.EnrolAsync(name, token, new string('x', 100_000))).Status);
        Assert.Equal(200, (await portal.EnrolAsync(name, token, SensorClient.Request(name, good))).Status);
    }

    [Fact]
    public async Task A_certificate_renews_itself_not_another_sensors_and_not_when_revoked()
    {
        using var certificate = await portal.ActivateAsync("renews-1");
        await portal.OnboardAsync("renews-2");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(200, (await portal.EnrolAsync("renews-1", null, SensorClient.Request("renews-1", key), certificate: certificate)).Status);
        Assert.InRange((await portal.EnrolAsync("renews-2", null, SensorClient.Request("renews-2", key), certificate: certificate)).Status, 401, 403);
        Assert.InRange((await portal.EnrolAsync("renews-1", null, SensorClient.Request("renews-1", key))).Status, 401, 403);
        await portal.Service<SensorAdministration>().RevokeAsync("renews-1", Actor.Local, TestContext.Current.CancellationToken);
        Assert.Equal(RefusalCode.SensorRevoked, SensorClient.Refusal(await portal.EnrolAsync("renews-1", null, SensorClient.Request("renews-1", key), certificate: certificate), 403).Code);
    }

    [Fact]
    public async Task All_mistakes_of_an_onboarding_are_told_at_once()
    {
        var outcome = await portal.Service<SensorOnboarding>().OnboardAsync(
            new OnboardingRequest { Name = "a b", Site = "x/y", Zone = "", PurdueLevel = "7" }, Actor.Local, TestContext.Current.CancellationToken);
        Assert.False(outcome.IsDone);
        Assert.Equal(["name", "site", "zone", "purdueLevel"], outcome.Mistakes.Select(m => m.Split(':')[0]));
    }

    [Fact]
    public async Task A_file_that_was_not_used_in_fourteen_days_is_refused()
    {
        var token = SensorClient.Content(await portal.OnboardAsync("slow-1")).EnrolmentToken;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        try
        {
            portal.Clock.Shift = TimeSpan.FromDays(14) + TimeSpan.FromMinutes(1);
            Assert.Equal(RefusalCode.TokenExpired, SensorClient.Refusal(await portal.EnrolAsync("slow-1", token, SensorClient.Request("slow-1", key)), 403).Code);
        }
        finally
        {
            portal.Clock.Shift = TimeSpan.Zero;
        }
    }
}
