using Culvert.CloudServices;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>What the sensors found: overview, devices, alerts, traffic, ingest.</summary>
internal static class RecordsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/overview", (IPortalStore store, CancellationToken ct) => store.Overview.ReadAsync(ct)).WithTags("Overview");
        MapDevices(api.MapGroup("/devices").WithTags("Devices"));
        MapAlerts(api.MapGroup("/alerts").WithTags("Alerts"));
        var traffic = api.MapGroup("/traffic").WithTags("Traffic");
        traffic.MapGet("/conversations", (string? sensor, string? zone, DateTimeOffset? from, DateTimeOffset? to, int? limit, IPortalStore store, CancellationToken ct) =>
            store.Traffic.ListConversationsAsync(new TrafficQuery { Sensor = sensor, Zone = zone, From = from, To = to, Limit = limit ?? 50 }, ct));
        traffic.MapGet("/protocols", (string? sensor, string? zone, DateTimeOffset? from, DateTimeOffset? to, int? limit, IPortalStore store, CancellationToken ct) =>
            store.Traffic.ListProtocolsAsync(new TrafficQuery { Sensor = sensor, Zone = zone, From = from, To = to, Limit = limit ?? 50 }, ct));
        var ingest = api.MapGroup("/ingest").WithTags("Ingest");
        ingest.MapGet("/statistics", (string? sensor, IPortalStore store, CancellationToken ct) => store.Ingest.ListStatisticsAsync(sensor, ct));
        ingest.MapGet("/dead-letters", (string? sensor, int? offset, int? limit, IPortalStore store, CancellationToken ct) =>
            store.Ingest.ListDeadLettersAsync(sensor, new PageRequest(offset ?? 0, limit ?? 50), ct));
    }

    private static void MapDevices(RouteGroupBuilder devices)
    {
        devices.MapGet("/", (
            string? site, string? zone, string? sensor, string? type, string? vendor, string? protocol, bool? authorized, string? text, QueryWord<DeviceSort>? sort, bool? descending,
            int? offset, int? limit, IPortalStore store, CancellationToken ct) => store.Devices.QueryAsync(
            new DeviceQuery
            {
                Site = site,
                Zone = zone,
                Sensor = sensor,
                Type = type,
                Vendor = vendor,
                Protocol = protocol,
                Authorized = authorized,
                Text = text,
                Sort = sort?.Value ?? DeviceSort.Name,
                Descending = descending ?? false,
                Page = new PageRequest(offset ?? 0, limit ?? 50),
            },
            ct));
        devices.MapGet("/facets", (IPortalStore store, CancellationToken ct) => store.Devices.ReadFacetsAsync(ct));
        devices.MapGet("/{sensor}/{**key}", async Task<IResult> (string sensor, string key, IPortalStore store, CancellationToken ct) =>
            await store.Devices.FindAsync(sensor, key, ct) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound()).Produces<DeviceEntry>().ProducesProblem(404);
    }

    private static void MapAlerts(RouteGroupBuilder alerts)
    {
        alerts.MapGet("/", (
            string? site, string? zone, string? sensor, QueryWord<AlertSeverity>? severity, QueryWord<AlertEngine>? engine, QueryWord<AlertStatus>? status, bool? open, string? category, string? device,
            DateTimeOffset? from, DateTimeOffset? to, string? text, QueryWord<AlertSort>? sort, bool? descending, int? offset, int? limit, IPortalStore store, CancellationToken ct) =>
            store.Alerts.QueryAsync(
                new AlertQuery
                {
                    Site = site,
                    Zone = zone,
                    Sensor = sensor,
                    Severity = severity?.Value,
                    Engine = engine?.Value,
                    Status = status?.Value,
                    Open = open,
                    Category = category,
                    Device = device,
                    From = from,
                    To = to,
                    Text = text,
                    Sort = sort?.Value ?? AlertSort.LastDetection,
                    Descending = descending ?? true,
                    Page = new PageRequest(offset ?? 0, limit ?? 50),
                },
                ct));
        alerts.MapGet("/{sensor}/{id}", async Task<IResult> (string sensor, string id, IPortalStore store, CancellationToken ct) =>
            await store.Alerts.FindAsync(sensor, id, ct) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound()).Produces<AlertEntry>().ProducesProblem(404);
        alerts.MapPut("/{sensor}/{id}/status", async (string sensor, string id, AlertStatusBody body, AlertTriage triage, HttpContext context) =>
            PortalApi.Answer(await triage.SetStatusAsync(sensor, id, body.Status, Actor.Of(context), context.RequestAborted))).Requires(PortalPermission.HandleAlerts);
        alerts.MapPost("/{sensor}/{id}/learn", async Task<IResult> (string sensor, string id, AlertTriage triage, HttpContext context) =>
            await triage.LearnAsync(sensor, id, Actor.Of(context), context.RequestAborted) is { Outcome: MethodOutcome.Answered } result
                ? TypedResults.Ok(new CommandAnswer(result.Status, CommandAnswer.Parse(result.Payload)))
                : TypedResults.Problem("The sensor is not connected or did not answer.", statusCode: StatusCodes.Status409Conflict))
            .Produces<CommandAnswer>().ProducesProblem(409).Requires(PortalPermission.HandleAlerts);
        alerts.MapGet("/{sensor}/{id}/evidence", async Task<IResult> (string sensor, string id, IPortalStore store, CancellationToken ct) =>
            await store.Alerts.FindAsync(sensor, id, ct) is { Evidence: [.., var newest] }
            && await store.Blobs.FindAsync(CloudServicesOptions.EvidenceContainer, $"{sensor}/{newest.BlobName}", ct) is { } blob
            && await store.Blobs.OpenAsync(blob, ct) is { } content
                ? TypedResults.Stream(content, "application/octet-stream", Path.GetFileName(newest.BlobName), enableRangeProcessing: true)
                : TypedResults.NotFound()).ProducesProblem(404);
    }
}

/// <summary>An alert's status to be.</summary>
/// <param name="Status">new, active or closed.</param>
public sealed record AlertStatusBody(AlertStatus Status);
