using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.PortalHost;

namespace Culvert.CloudServices.Tests;

public sealed class DownloadsTests
{
    [Fact(Timeout = 60_000)]
    public async Task Packages_are_signed_and_resumed_by_ranges()
    {
        // A portal of its own: the newest package is the portal's, not a sensor's.
        await using var portal = await InProcessPortal.StartAsync();
        using var client = portal.HttpClient();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/downloads/ti/manifest.json", TestContext.Current.CancellationToken)).StatusCode);
        foreach (var version in (string[])["2026.11.9.1", "2026.11.10.1"])
        {
            var content = $$"""{"version":"{{version}}","maliciousAddresses":[{{string.Join(',', Enumerable.Range(1, 200).Select(n => $$"""{"address":"203.0.113.{{n}}","name":"n"}"""))}}],"maliciousDomains":[],"payloadSignatures":[],"vulnerabilities":[]}""";
            var outcome = await portal.Service<PackageCatalogue>().UploadAsync(Encoding.UTF8.GetBytes(content), Actor.Local, TestContext.Current.CancellationToken);
            Assert.True(outcome.IsDone, string.Join("; ", outcome.Mistakes));
        }

        var signed = JsonSerializer.Deserialize(await client.GetByteArrayAsync("/downloads/ti/manifest.json", TestContext.Current.CancellationToken), CulvertJson.Default.SignedPackageManifest)!;
        var body = Convert.FromBase64String(signed.Content);
        Assert.True(portal.Service<PortalAuthority>().PackageKey.VerifyData(body, Convert.FromBase64String(signed.Signature), HashAlgorithmName.SHA384));
        var manifest = JsonSerializer.Deserialize(body, CulvertJson.Default.PackageManifest)!;
        Assert.Equal("2026.11.10.1", manifest.Version);

        var whole = await client.GetByteArrayAsync(manifest.ContentPath, TestContext.Current.CancellationToken);
        Assert.Equal(manifest.Length, whole.Length);
        Assert.Equal(manifest.Sha256, Convert.ToHexString(SHA256.HashData(whole)), ignoreCase: true);

        using var rest = await GetAsync(client, manifest.ContentPath, new RangeHeaderValue(1000, null));
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(whole[1000..], await rest.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(rest.Headers.ETag);
        using var beyond = await GetAsync(client, manifest.ContentPath, new RangeHeaderValue(whole.Length + 1, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        // Of another version than what was begun: all of it, not a part that does not fit.
        using var changed = await GetAsync(client, manifest.ContentPath, new RangeHeaderValue(1000, null), new EntityTagHeaderValue("\"other\""));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, manifest.ContentPath), TestContext.Current.CancellationToken);
        Assert.Equal(manifest.Length, head.Content.Headers.ContentLength);
        foreach (var path in (string[])["/downloads/ti/9.9/content", "/downloads/ti/..%2f..%2fportal.db/content", "/downloads/portal.db"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path, RangeHeaderValue range, EntityTagHeaderValue? ifRange = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Range = range;
        request.Headers.IfRange = ifRange is null ? null : new RangeConditionHeaderValue(ifRange);
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
