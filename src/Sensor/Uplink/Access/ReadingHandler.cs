using System.Net;
using System.Text.Json;

namespace Culvert.Uplink;

/// <summary>Reads from each answer what concerns the sensor as a whole: the cloud's clock, whether the endpoint was reached, whether it refuses the sensor.</summary>
internal sealed class ReadingHandler(CloudService service, CloudReadings readings, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MaxRefusalBytes = 16 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sentAt = readings.Now;
        HttpResponseMessage answer;
        try
        {
            answer = await base.SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            readings.Failed(service, e);
            throw;
        }

        if (answer.Headers.Date is { } date)
        {
            readings.Clock.Observe(sentAt, readings.Now, date, resolution: TimeSpan.FromSeconds(1));
        }

        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            readings.Refused(service, await ReadRefusalAsync(answer, cancellationToken));
        }
        else if (answer.StatusCode is HttpStatusCode.TooManyRequests)
        {
            readings.Failed(service, Cause.Throttled, "429 Too Many Requests");
        }
        else if ((int)answer.StatusCode >= 500)
        {
            readings.Failed(service, Cause.ServiceFailed, $"{(int)answer.StatusCode} {answer.ReasonPhrase}");
        }
        else
        {
            readings.Succeeded(service);
        }

        return answer;
    }

    private static async Task<Refusal?> ReadRefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not "application/json")
        {
            return null;
        }

        try
        {
            await answer.Content.LoadIntoBufferAsync(MaxRefusalBytes, cancellationToken);
            return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancellationToken), CulvertJson.Default.Refusal);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return null;
        }
    }
}
