using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Culvert.PortalHost.Tests;

/// <summary>What a sensor does to get its certificate, with every way to do it wrong.</summary>
internal static class SensorClient
{
    public static async Task<ActivationFile> OnboardAsync(this RunningPortal portal, string name)
    {
        var outcome = await portal.Service<SensorOnboarding>().OnboardAsync(
            new OnboardingRequest { Name = name, Site = "ghent", Zone = "cell-1", PurdueLevel = "2", CreatePlace = true }, Actor.Local, TestContext.Current.CancellationToken);
        Assert.True(outcome.IsDone, string.Join(" ", outcome.Mistakes));
        return outcome.Value!;
    }

    public static ActivationContent Content(ActivationFile file) => JsonSerializer.Deserialize(Convert.FromBase64String(file.Content), CulvertJson.Default.ActivationContent)!;

    public static string Request(string subject, ECDsa key) => new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA384).CreateSigningRequestPem();

    public static async Task<(int Status, string Text)> EnrolAsync(this RunningPortal portal, string sensor, string? token, string requestPem, TimeSpan clockOff = default, X509Certificate2? certificate = null)
    {
        var client = portal.Anonymous(certificate);
        using var answer = await client.PostAsJsonAsync(
            new Uri($"/enrolment/v1/sensors/{sensor}/certificate", UriKind.Relative),
            new EnrolmentRequest(token, requestPem, portal.Clock.GetUtcNow() + clockOff), CulvertJson.Default.EnrolmentRequest, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Onboards and enrols a sensor; gives its certificate with its key.</summary>
    public static async Task<X509Certificate2> ActivateAsync(this RunningPortal portal, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var (status, text) = await portal.EnrolAsync(name, Content(await portal.OnboardAsync(name)).EnrolmentToken, Request(name, key));
        Assert.True(status == 200, text);
        using var leaf = X509Certificate2.CreateFromPem(JsonSerializer.Deserialize(text, CulvertJson.Default.EnrolmentAnswer)!.CertificatePem);
        return leaf.CopyWithPrivateKey(key);
    }

    public static Refusal Refusal((int Status, string Text) answer, int status)
    {
        Assert.True(answer.Status == status, $"{answer.Status} {answer.Text}");
        return JsonSerializer.Deserialize(answer.Text, CulvertJson.Default.Refusal)!;
    }
}
