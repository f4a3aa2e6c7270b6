using System.Text.Json;
using Culvert.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.PortalHost.Tests;

public sealed class OpenApiTests(RunningPortal portal)
{
    [Fact]
    public async Task The_document_describes_exactly_the_routes_that_are_mapped()
    {
        var document = await ReadAsync();
        var described = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {Plain(p.Name)}")).ToHashSet();
        var mapped = portal.App.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.StartsWith("/api/v1", StringComparison.Ordinal) == true)
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {Plain(e.RoutePattern.RawText!)}")).ToHashSet();
        Assert.True(mapped.Count > 40, $"only {mapped.Count} routes");
        Assert.Empty(mapped.Except(described));
        Assert.Empty(described.Where(d => d.Contains("/api/v1", StringComparison.Ordinal)).Except(mapped));
    }

    [Fact]
    public async Task Every_operation_has_a_tag_and_says_what_it_answers()
    {
        var document = await ReadAsync();
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject().Where(p => p.Name.StartsWith("/api", StringComparison.Ordinal)))
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                Assert.True(operation.Value.GetProperty("tags").GetArrayLength() > 0, $"{operation.Name} {path.Name}");
                Assert.True(operation.Value.GetProperty("responses").EnumerateObject().Any(), $"{operation.Name} {path.Name}");
            }
        }
    }

    [Theory]
    [InlineData("/api/v1/alerts?severity=critical&engine=policyViolation&status=new&sort=lastDetection")]
    [InlineData("/api/v1/devices?sort=purdueLevel")]
    [InlineData("/api/v1/sensors?connection=connected&state=active&sort=name")]
    public async Task Words_are_read_as_they_are_written(string path)
    {
        var client = await portal.TokenAsync(UserRole.SecurityReader);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        using var wrong = await client.GetAsync(new Uri("/api/v1/alerts?severity=7", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private async Task<JsonDocument> ReadAsync()
    {
        var client = await portal.TokenAsync(UserRole.SecurityReader);
        return JsonDocument.Parse(await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    // {**key} is {key} in the document; a trailing slash is none.
    private static string Plain(string path) => path.Replace("**", "", StringComparison.Ordinal).Replace("*", "", StringComparison.Ordinal).TrimEnd('/');
}
