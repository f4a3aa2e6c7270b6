using System.Text;
using Culvert.Planning;

namespace Culvert.PortalHost;

/// <summary>The exact endpoint list: as data, as a file for firewalls and proxies, and the signature of its JSON.</summary>
internal static class EndpointsApi
{
    public static void Map(RouteGroupBuilder endpoints)
    {
        endpoints.MapGet("/", (PortalAddress address, HttpContext context) =>
        {
            context.Response.Headers.ContentDisposition = "attachment; filename=\"culvert-endpoints.json\"";
            return TypedResults.Ok(address.Endpoints);
        });
        endpoints.MapGet("/list", async (QueryWord<EndpointFormat>? format, EndpointCatalogue catalogue, CancellationToken ct) =>
        {
            var form = format?.Value ?? EndpointFormat.Json;
            return TypedResults.File(Encoding.UTF8.GetBytes(await catalogue.WriteAsync(form, ct)), TypeOf(form), FileName(form));
        });
        endpoints.MapGet("/signature", async (EndpointCatalogue catalogue, CancellationToken ct) =>
            TypedResults.File(await catalogue.SignAsync(ct), "application/octet-stream", FileName(EndpointFormat.Json) + EndpointSignature.Extension));
        endpoints.MapGet("/key", (EndpointCatalogue catalogue) => TypedResults.File(Encoding.UTF8.GetBytes(catalogue.PublicKeyPem()), "application/x-pem-file", "culvert-endpoints.pem"));
    }

    /// <summary>The name of the list's file in a form.</summary>
    /// <param name="format">The form.</param>
    public static string FileName(EndpointFormat format) => $"culvert-endpoints.{format switch
    {
        EndpointFormat.Json => "json",
        EndpointFormat.Csv => "csv",
        EndpointFormat.Squid => "squid.conf",
        EndpointFormat.Nftables => "nft",
        EndpointFormat.Edl => "edl.txt",
        _ => "txt",
    }}";

    private static string TypeOf(EndpointFormat format) => format switch { EndpointFormat.Json => "application/json", EndpointFormat.Csv => "text/csv", _ => "text/plain" };
}
