using System.Text.Json.Nodes;
using Culvert.CloudServices;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Sensors: list, onboarding, activation, settings, commands.</summary>
internal static class SensorsApi
{
    public static void Map(RouteGroupBuilder sensors)
    {
        sensors.MapGet("/", (
            string? site, string? zone, QueryWord<ConnectionState>? connection, QueryWord<SensorState>? state, string? text, QueryWord<SensorSort>? sort, bool? descending, int? offset, int? limit,
            IPortalStore store, CancellationToken ct) => store.Sensors.QueryAsync(
            new SensorQuery
            {
                Site = site,
                Zone = zone,
                Connection = connection?.Value,
                State = state?.Value,
                Text = text,
                Sort = sort?.Value ?? SensorSort.Site,
                Descending = descending ?? false,
                Page = new PageRequest(offset ?? 0, limit ?? 50),
            },
            ct));
        sensors.MapGet("/{sensor}", async Task<IResult> (string sensor, IPortalStore store, CancellationToken ct) =>
            await store.Sensors.FindAsync(sensor, ct) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound()).Produces<SensorEntry>().ProducesProblem(404);
        sensors.MapPost("/", async Task<IResult> (OnboardingRequest body, SensorOnboarding onboarding, HttpContext context) =>
            Activation(await onboarding.OnboardAsync(body, Actor.Of(context), context.RequestAborted), context))
            .Produces<ActivationFile>().ProducesProblem(404).ProducesProblem(409).Requires(PortalPermission.ManageSensors);
        sensors.MapPost("/{sensor}/activation", async Task<IResult> (string sensor, SensorOnboarding onboarding, HttpContext context) =>
            Activation(await onboarding.ReissueAsync(sensor, Actor.Of(context), context.RequestAborted), context))
            .Produces<ActivationFile>().ProducesProblem(404).Requires(PortalPermission.ManageSensors);
        sensors.MapPut("/{sensor}", async (string sensor, SensorBody body, SensorAdministration administration, HttpContext context) => PortalApi.Answer(
            await administration.UpdateAsync(sensor, body.Site, body.Zone, body.AutomaticThreatIntelligence, Actor.Of(context), context.RequestAborted))).Requires(PortalPermission.ManageSensors);
        sensors.MapPost("/{sensor}/revoke", async (string sensor, SensorAdministration administration, HttpContext context) =>
            PortalApi.Answer(await administration.RevokeAsync(sensor, Actor.Of(context), context.RequestAborted))).Requires(PortalPermission.ManageSensors);
        sensors.MapDelete("/{sensor}", async (string sensor, SensorAdministration administration, HttpContext context) =>
            PortalApi.Answer(await administration.DeleteAsync(sensor, Actor.Of(context), context.RequestAborted))).Requires(PortalPermission.ManageSensors);
        sensors.MapPost("/{sensor}/symmetric-key", async Task<IResult> (string sensor, SensorAdministration administration, HttpContext context) =>
            await administration.CreateSymmetricKeyAsync(sensor, Actor.Of(context), context.RequestAborted) is { } key ? TypedResults.Ok(new SymmetricKey(key)) : TypedResults.NotFound())
            .Produces<SymmetricKey>().ProducesProblem(404).Requires(PortalPermission.ManageSensors);
        MapState(sensors);
    }

    private static void MapState(RouteGroupBuilder sensors)
    {
        sensors.MapGet("/{sensor}/twin", async Task<IResult> (string sensor, IPortalStore store, CancellationToken ct) =>
            await store.Twins.FindAsync(sensor, ct) is { } twin ? TypedResults.Ok(TwinBody.Of(twin)) : TypedResults.NotFound()).Produces<TwinBody>().ProducesProblem(404);
        sensors.MapPatch("/{sensor}/twin/desired", async Task<IResult> (string sensor, JsonObject patch, SensorAdministration administration, HttpContext context) =>
        {
            var outcome = await administration.DesireAsync(sensor, patch, Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } twin ? TypedResults.Ok(TwinBody.Of(twin)) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Produces<TwinBody>().ProducesProblem(404).ProducesProblem(409).Requires(PortalPermission.CommandSensors);
        sensors.MapPost("/{sensor}/commands/{command}", async Task<IResult> (string sensor, string command, JsonObject? payload, SensorAdministration administration, HttpContext context) =>
        {
            if (command.Length > 64 || !command.All(char.IsAsciiLetterOrDigit))
            {
                return TypedResults.Problem("A command's name has 1 to 64 letters and digits.", statusCode: StatusCodes.Status400BadRequest);
            }

            var result = await administration.InvokeAsync(sensor, command, payload?.ToJsonString() ?? "{}", Actor.Of(context), context.RequestAborted);
            return result.Outcome switch
            {
                MethodOutcome.Answered => TypedResults.Ok(new CommandAnswer(result.Status, CommandAnswer.Parse(result.Payload))),
                MethodOutcome.NotConnected => TypedResults.Problem("The sensor is not connected.", statusCode: StatusCodes.Status409Conflict),
                _ => TypedResults.Problem("The sensor did not answer within 30 seconds.", statusCode: StatusCodes.Status504GatewayTimeout),
            };
        }).Produces<CommandAnswer>().ProducesProblem(409).ProducesProblem(504).Requires(PortalPermission.CommandSensors);
        sensors.MapGet("/{sensor}/checks", (string sensor, int? offset, int? limit, IPortalStore store, CancellationToken ct) =>
            store.Checks.ListAsync(sensor, new PageRequest(offset ?? 0, limit ?? 10), ct));
        sensors.MapPost("/{sensor}/checks", async Task<IResult> (string sensor, SensorAdministration administration, HttpContext context) =>
        {
            var outcome = await administration.CheckAsync(sensor, Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } check ? TypedResults.Ok(check) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Produces<CheckEntry>().ProducesProblem(409).Requires(PortalPermission.CommandSensors);
        sensors.MapGet("/{sensor}/health", (string sensor, int? offset, int? limit, IPortalStore store, CancellationToken ct) =>
            store.Health.ListAsync(sensor, new PageRequest(offset ?? 0, limit ?? 50), ct));
        sensors.MapGet("/{sensor}/connections", (string sensor, int? offset, int? limit, IPortalStore store, CancellationToken ct) =>
            store.Health.ListConnectionsAsync(sensor, new PageRequest(offset ?? 0, limit ?? 50), ct));
        sensors.MapGet("/{sensor}/certificates", (string sensor, IPortalStore store, CancellationToken ct) => store.Sensors.ListCertificatesAsync(sensor, ct));
        sensors.MapGet("/{sensor}/telemetry/{kind}", (string sensor, string kind, int? offset, int? limit, IPortalStore store, CancellationToken ct) =>
            store.Telemetry.ListAsync(sensor, kind, new PageRequest(offset ?? 0, limit ?? 50), ct));
    }

    private static IResult Activation(ChangeOutcome<ActivationFile> outcome, HttpContext context)
    {
        // It holds a one-time secret: no cache may keep it.
        context.Response.Headers.CacheControl = "no-store";
        return outcome.Value is { } file ? TypedResults.Ok(file) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
    }
}

/// <summary>Where a sensor is to be.</summary>
/// <param name="Site">Its site.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="AutomaticThreatIntelligence">Whether packages go to it as they come.</param>
public sealed record SensorBody(string Site, string Zone, bool AutomaticThreatIntelligence);

/// <summary>A symmetric key, shown once.</summary>
/// <param name="Key">Base64.</param>
public sealed record SymmetricKey(string Key);

/// <summary>Desired and reported properties.</summary>
/// <param name="Desired">What the cloud wants.</param>
/// <param name="DesiredVersion">Its version.</param>
/// <param name="Reported">What the sensor says it has.</param>
/// <param name="ReportedVersion">Its version.</param>
public sealed record TwinBody(JsonNode Desired, long DesiredVersion, JsonNode Reported, long ReportedVersion)
{
    internal static TwinBody Of(Twin twin) => new(JsonNode.Parse(twin.Desired)!, twin.DesiredVersion, JsonNode.Parse(twin.Reported)!, twin.ReportedVersion);
}

/// <summary>A sensor's answer to a command.</summary>
/// <param name="Status">Its status, 200 for done.</param>
/// <param name="Payload">Its JSON.</param>
public sealed record CommandAnswer(int Status, JsonNode? Payload)
{
    internal static JsonNode? Parse(string? payload)
    {
        try
        {
            return string.IsNullOrWhiteSpace(payload) ? null : JsonNode.Parse(payload);
        }
        catch (System.Text.Json.JsonException)
        {
            return JsonValue.Create(payload);
        }
    }
}
