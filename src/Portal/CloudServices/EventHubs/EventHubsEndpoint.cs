using System.Text;
using System.Text.Json;
using Culvert.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Culvert.CloudServices;

/// <summary>Batch send of the Event Hubs REST API ("Send batch events"): 201 after the commit.</summary>
internal static class EventHubsEndpoint
{
    private const string BatchType = "application/vnd.microsoft.servicebus.json";

    // Seconds; long enough for a commit or two.
    private const string RetryAfter = "2";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost($"/{CloudServicesOptions.Hub}/messages", (HttpContext c, SensorAuthenticator a, IngestQueue q) => SendAsync(c, a, q, null))
            .AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        routes.MapPost($"/{CloudServicesOptions.Hub}/publishers/{{sensor}}/messages", (HttpContext c, SensorAuthenticator a, IngestQueue q, string sensor) => SendAsync(c, a, q, sensor))
            .AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> SendAsync(HttpContext context, SensorAuthenticator authenticator, IngestQueue queue, string? claimed)
    {
        var identity = await context.AuthenticateSensorAsync(authenticator, claimed);
        if (!identity.IsProved)
        {
            return SensorRequests.Refuse(identity.Outcome);
        }

        if (await BodyReader.ReadAsync(context.Request, CloudServicesOptions.MaxBatchBytes) is not { } body)
        {
            return SensorRequests.Answer(StatusCodes.Status413PayloadTooLarge, RefusalCode.BadRequest, $"A batch may have {CloudServicesOptions.MaxBatchBytes} bytes.");
        }

        var isBatch = context.Request.ContentType?.StartsWith(BatchType, StringComparison.OrdinalIgnoreCase) == true;
        var records = isBatch ? (IReadOnlyList<IncomingRecord>)ReadBatch(identity.Sensor, body) : RecordReader.Read(identity.Sensor, body);
        switch (await queue.StoreAsync(records, context.RequestAborted))
        {
            case IngestResult.Committed:
                return Results.StatusCode(StatusCodes.Status201Created);
            case IngestResult.Busy:
                context.Response.Headers.RetryAfter = RetryAfter;
                return Results.StatusCode(StatusCodes.Status429TooManyRequests);
            default:
                context.Response.Headers.RetryAfter = RetryAfter;
                return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static List<IncomingRecord> ReadBatch(SensorId sensor, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                return [RecordReader.Reject(sensor, null, "a batch is an array", body)];
            }

            var records = new List<IncomingRecord>();
            foreach (var element in document.RootElement.EnumerateArray())
            {
                if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("Body", out var text) && text.ValueKind == JsonValueKind.String)
                {
                    records.AddRange(RecordReader.Read(sensor, Encoding.UTF8.GetBytes(text.GetString()!)));
                }
                else
                {
                    records.Add(RecordReader.Reject(sensor, null, "an event needs a Body of text", Encoding.UTF8.GetBytes(element.GetRawText())));
                }
            }

            return records;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [RecordReader.Reject(sensor, null, $"not JSON: {e.Message}", body)];
        }
    }
}
