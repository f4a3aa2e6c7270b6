using Culvert.Storage;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Culvert.CloudServices;

/// <summary>OTLP over HTTP (protobuf, gzip allowed): the sensors' own traces, metrics and logs.</summary>
internal static class TelemetryEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/v1/traces", TelemetryReader.ReadTraces);
        Map(routes, "/v1/metrics", TelemetryReader.ReadMetrics);
        Map(routes, "/v1/logs", TelemetryReader.ReadLogs);
    }

    private static void Map(IEndpointRouteBuilder routes, string path, Func<byte[], IReadOnlyList<TelemetryItem>> read) =>
        routes.MapPost(path, (HttpContext c, SensorAuthenticator a, IPortalStore s) => ReceiveAsync(c, a, s, read)).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> ReceiveAsync(HttpContext context, SensorAuthenticator authenticator, IPortalStore store, Func<byte[], IReadOnlyList<TelemetryItem>> read)
    {
        var identity = await context.AuthenticateSensorAsync(authenticator, null);
        if (!identity.IsProved)
        {
            return SensorRequests.Refuse(identity.Outcome);
        }

        // OTLP/HTTP knows JSON too; a sensor sends protobuf.
        if (context.Request.ContentType?.StartsWith("application/x-protobuf", StringComparison.OrdinalIgnoreCase) != true)
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        if (await BodyReader.ReadAsync(context.Request, CloudServicesOptions.MaxTelemetryBytes) is not { } body)
        {
            return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        }

        try
        {
            await store.Telemetry.AppendAsync(identity.Sensor.Value, read(body), context.RequestAborted);
        }
        catch (InvalidProtocolBufferException)
        {
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        }

        // An empty Export…ServiceResponse: everything was taken.
        return Results.Bytes([], "application/x-protobuf");
    }
}
