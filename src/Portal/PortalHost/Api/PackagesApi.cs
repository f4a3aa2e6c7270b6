using System.ComponentModel.DataAnnotations;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Threat-intelligence packages.</summary>
internal static class PackagesApi
{
    public static void Map(RouteGroupBuilder packages)
    {
        packages.MapGet("/", (IPortalStore store, CancellationToken ct) => store.Packages.ListAsync(PackageCatalogue.Kind, ct));
        packages.MapPost("/", async Task<IResult> (Stream content, PackageCatalogue catalogue, HttpContext context) =>
        {
            using var held = new MemoryStream();
            await content.CopyToAsync(held, context.RequestAborted);
            var outcome = await catalogue.UploadAsync(held.ToArray(), Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } package ? TypedResults.Created($"/downloads/ti/{package.Version}/manifest.json", package) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Accepts<Stream>("application/json").Produces<PackageEntry>(201).ProducesProblem(409).Requires(PortalPermission.ManagePackages);
        packages.MapPost("/{version}/push", async Task<IResult> (string version, PushBody body, PackageCatalogue catalogue, HttpContext context) =>
        {
            var outcome = await catalogue.PushAsync(version, body.Sensors, Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } told ? TypedResults.Ok(told) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Produces<IReadOnlyList<string>>().ProducesProblem(404).Requires(PortalPermission.ManagePackages);
        packages.MapDelete("/{version}", async (string version, PackageCatalogue catalogue, HttpContext context) =>
            PortalApi.Answer(await catalogue.DeleteAsync(version, Actor.Of(context), context.RequestAborted))).Requires(PortalPermission.ManagePackages);
    }
}

/// <summary>Sensors that are to have a package.</summary>
public sealed record PushBody
{
    /// <summary>Their names.</summary>
    [MaxLength(10_000)]
    public required IReadOnlyList<string> Sensors { get; init; }
}
