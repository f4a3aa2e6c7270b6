using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Culvert.Uplink;

/// <summary>Buys a client certificate from the cloud (docs/protocols/cloud-services.md, enrolment), at activation with the one-time token, later with the certificate in use.</summary>
public static class CertificateEnrolment
{
    private const int MaxAnswerBytes = 256 * 1024;

    /// <summary>Asks for a certificate.</summary>
    /// <param name="access">The way to the cloud.</param>
    /// <param name="sensor">Who asks.</param>
    /// <param name="token">The one-time token; null at renewal.</param>
    /// <param name="certificateRequestPem">PKCS #10, PEM.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The certificate, the cloud's refusal, or what went wrong on the way.</returns>
    public static async Task<EnrolmentResult> RequestAsync(CloudAccess access, SensorId sensor, string? token, string certificateRequestPem, CancellationToken cancellationToken)
    {
        var sentAt = access.Readings.Now;
        var path = $"enrolment/v1/sensors/{Uri.EscapeDataString(sensor.Value)}/certificate";
        try
        {
            var body = JsonContent.Create(new EnrolmentRequest(token, certificateRequestPem, sentAt), CulvertJson.Default.EnrolmentRequest);
            // With its length: some servers and proxies refuse a small body in chunks.
            await body.LoadIntoBufferAsync(cancellationToken);
            using var answer = await access.Client(CloudService.IotHub).PostAsync(new Uri(path, UriKind.Relative), body, cancellationToken);
            await answer.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            var content = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            var receivedAt = access.Readings.Now;
            if (answer.IsSuccessStatusCode && JsonSerializer.Deserialize(content, CulvertJson.Default.EnrolmentAnswer) is { } issued)
            {
                access.Readings.Clock.Observe(sentAt, receivedAt, issued.CloudTime, TimeSpan.FromMilliseconds(1));
                return new EnrolmentResult(issued.CertificatePem, null, null);
            }

            return new EnrolmentResult(null, ReadRefusal(answer.StatusCode, content), null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new EnrolmentResult(null, null, e);
        }
    }

    private static Refusal ReadRefusal(HttpStatusCode status, byte[] content)
    {
        try
        {
            if (JsonSerializer.Deserialize(content, CulvertJson.Default.Refusal) is { Code.Length: > 0 } refusal)
            {
                return refusal;
            }
        }
        catch (JsonException)
        {
            // Something else than our cloud answered.
        }

        return new Refusal($"http{(int)status}", $"The cloud answered {(int)status} without saying why.");
    }
}

/// <summary>What came of asking for a certificate: exactly one member is set.</summary>
/// <param name="CertificatePem">The certificate and its issuer.</param>
/// <param name="Refusal">Why the cloud refuses.</param>
/// <param name="Failure">What kept the request from its answer.</param>
public sealed record EnrolmentResult(string? CertificatePem, Refusal? Refusal, Exception? Failure);
