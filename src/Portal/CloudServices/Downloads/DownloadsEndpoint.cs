using System.Text.Json;
using Culvert.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Culvert.CloudServices;

/// <summary>Packages over plain HTTPS with ranges. They are signed, and no secret, so no identity is asked.</summary>
internal static class DownloadsEndpoint
{
    private const string Kind = "threatIntelligence";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/downloads/ti").AllowAnonymous().ExcludeFromDescription();
        group.MapMethods("/manifest.json", ["GET", "HEAD"], async (IPortalStore store, CancellationToken cancellationToken) =>
            await store.Packages.ListAsync(Kind, cancellationToken) is [var newest, ..] ? Manifest(newest) : Results.NotFound());
        group.MapMethods("/{version}/manifest.json", ["GET", "HEAD"], async (string version, IPortalStore store, CancellationToken cancellationToken) =>
            await store.Packages.FindAsync(Kind, version, cancellationToken) is { } package ? Manifest(package) : Results.NotFound());
        group.MapMethods("/{version}/content", ["GET", "HEAD"], async (string version, IPortalStore store, CancellationToken cancellationToken) =>
            await store.Packages.FindAsync(Kind, version, cancellationToken) is { } package
            && await store.Packages.ReadContentAsync(Kind, version, cancellationToken) is { } content
                ? Results.File(content, "application/json", enableRangeProcessing: true, lastModified: package.CreatedAt, entityTag: new EntityTagHeaderValue($"\"{package.Sha256}\""))
                : Results.NotFound());
    }

    private static IResult Manifest(PackageEntry package) => Results.Bytes(
        JsonSerializer.SerializeToUtf8Bytes(package.Manifest, CulvertJson.Default.SignedPackageManifest),
        "application/json",
        enableRangeProcessing: true,
        lastModified: package.CreatedAt,
        entityTag: new EntityTagHeaderValue($"\"m-{package.Sha256}\""));
}
