using System.Text.Json;

namespace Culvert.PortalHost.Components.Parts;

/// <summary>The exact endpoint list as a file for firewalls and change requests.</summary>
internal static class EndpointList
{
    /// <summary>Writes it as json, csv or txt.</summary>
    public static (string Type, string Text) Write(IReadOnlyList<CloudEndpointEntry> endpoints, string form) => form switch
    {
        "json" => ("application/json", JsonSerializer.Serialize(
            new { version = 1, endpoints = endpoints.Select(e => new { service = Camel(e.Service), host = e.Host, port = e.Port, protocol = "tcp" }) }, JsonSerializerOptions.Web) + "\n"),
        "csv" => ("text/csv", "service,host,port,protocol\r\n" + string.Concat(endpoints.Select(e => $"{Camel(e.Service)},{e.Host},{e.Port},tcp\r\n"))),
        _ => ("text/plain", string.Concat(endpoints.Select(e => new HostPort(e.Host, e.Port).ToString()).Distinct().Select(a => a + "\n"))),
    };

    private static string Camel(CloudService service) => JsonNamingPolicy.CamelCase.ConvertName(service.ToString());
}
