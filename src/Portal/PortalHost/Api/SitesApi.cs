using System.ComponentModel.DataAnnotations;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Sites and zones.</summary>
internal static class SitesApi
{
    public static void Map(RouteGroupBuilder sites)
    {
        sites.MapGet("/", (IPortalStore store, CancellationToken ct) => store.Sites.ListAsync(ct));
        sites.MapGet("/{site}", async Task<IResult> (string site, IPortalStore store, CancellationToken ct) =>
            await store.Sites.FindAsync(site, ct) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound()).Produces<SiteEntry>().ProducesProblem(404);
        sites.MapPost("/", async Task<IResult> (SiteBody body, SiteAdministration administration, HttpContext context) =>
        {
            var outcome = await administration.CreateAsync(body.ToEntry(body.Name), Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } made
                ? TypedResults.Created($"/api/v1/sites/{Uri.EscapeDataString(made.Name)}", made)
                : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Produces<SiteEntry>(201).ProducesProblem(409).Requires(PortalPermission.ManageSensors);
        sites.MapPut("/{site}", async Task<IResult> (string site, SiteBody body, SiteAdministration administration, HttpContext context) =>
        {
            var outcome = await administration.UpdateAsync(body.ToEntry(site), Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } changed ? TypedResults.Ok(changed) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Produces<SiteEntry>().ProducesProblem(404).Requires(PortalPermission.ManageSensors);
        sites.MapDelete("/{site}", async (string site, SiteAdministration administration, HttpContext context) =>
            PortalApi.Answer(await administration.DeleteAsync(site, Actor.Of(context), context.RequestAborted))).Requires(PortalPermission.ManageSensors);
        sites.MapPut("/{site}/zones/{zone}", async Task<IResult> (string site, string zone, ZoneBody body, SiteAdministration administration, HttpContext context) =>
        {
            var outcome = await administration.PutZoneAsync(site, new ZoneEntry { Name = zone, PurdueLevel = body.PurdueLevel }, Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } changed ? TypedResults.Ok(changed) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Produces<SiteEntry>().ProducesProblem(404).Requires(PortalPermission.ManageSensors);
        sites.MapDelete("/{site}/zones/{zone}", async (string site, string zone, SiteAdministration administration, HttpContext context) =>
            PortalApi.Answer(await administration.DeleteZoneAsync(site, zone, Actor.Of(context), context.RequestAborted))).Requires(PortalPermission.ManageSensors);
    }
}

/// <summary>A site to be made or changed.</summary>
public sealed record SiteBody
{
    /// <summary>Its name; ignored at a change.</summary>
    [StringLength(128, MinimumLength = 1)]
    public string Name { get; init; } = "-";

    /// <summary>The name people read.</summary>
    [StringLength(256)]
    public string DisplayName { get; init; } = "";

    /// <summary>One or more e-mail addresses.</summary>
    [StringLength(1024)]
    public string Owner { get; init; } = "";

    /// <summary>Free key and value pairs.</summary>
    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>Zones to make with it; ignored at a change.</summary>
    public List<ZoneEntry> Zones { get; init; } = [];

    internal SiteEntry ToEntry(string name) => new() { Name = name, DisplayName = DisplayName, Owner = Owner, Tags = Tags, Zones = Zones };
}

/// <summary>A zone to be made or changed.</summary>
/// <param name="PurdueLevel">0, 1, 2, 3, 3.5, 4 or 5.</param>
public sealed record ZoneBody(decimal? PurdueLevel);
