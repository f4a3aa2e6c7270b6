using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Storage;

namespace Culvert.PortalHost.Tests;

public sealed class PackageTests(RunningPortal portal)
{
    // The tests share a portal, which wants the newest package of all: each that asks for it brings a newer one, whatever their order.
    private static int s_year = 2030;

    [Fact]
    public async Task An_uploaded_package_is_signed_offered_and_wanted_of_automatic_sensors()
    {
        var file = await portal.OnboardAsync("ti-auto-1");
        var newest = $"{Interlocked.Add(ref s_year, 2)}.11.24.1";
        var content = Package(newest);
        Assert.Equal(HttpStatusCode.Created, (await UploadAsync(content)).Status);
        var anonymous = portal.Anonymous();
        var signed = JsonSerializer.Deserialize(
            await anonymous.GetStringAsync(new Uri($"/downloads/ti/{newest}/manifest.json", UriKind.Relative), TestContext.Current.CancellationToken), CulvertJson.Default.SignedPackageManifest)!;
        using var key = ECDsa.Create();
        key.ImportFromPem(SensorClient.Content(file).PackageSigningKeyPem);
        var manifestBytes = Convert.FromBase64String(signed.Content);
        Assert.True(key.VerifyData(manifestBytes, Convert.FromBase64String(signed.Signature), HashAlgorithmName.SHA384));
        var manifest = JsonSerializer.Deserialize(manifestBytes, CulvertJson.Default.PackageManifest)!;
        var downloaded = await anonymous.GetByteArrayAsync(new Uri(manifest.ContentPath, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(Encoding.UTF8.GetBytes(content), downloaded);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(downloaded)), manifest.Sha256);
        Assert.Equal(newest, await DesiredAsync("ti-auto-1"));
    }

    [Fact]
    public async Task A_download_goes_on_where_it_was_cut()
    {
        var content = Package("2026.10.1.1");
        await UploadAsync(content);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/downloads/ti/2026.10.1.1/content") { Headers = { Range = new RangeHeaderValue(10, null) } };
        using var answer = await portal.Anonymous().SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(content[10..], await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_older_package_goes_to_nobody_by_itself_and_pushing_it_is_the_way_back()
    {
        await portal.OnboardAsync("ti-back-1");
        var year = Interlocked.Add(ref s_year, 2);
        var (newest, older) = ($"{year}.1.1.1", $"{year - 1}.1.1.1");
        await UploadAsync(Package(newest));
        await UploadAsync(Package(older));
        Assert.Equal(newest, await DesiredAsync("ti-back-1"));
        var client = await portal.TokenAsync(UserRole.SecurityAdmin);
        using var body = new StringContent("""{"sensors":["ti-back-1"]}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri($"/api/v1/packages/{older}/push", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(older, await DesiredAsync("ti-back-1"));
        using var delete = await client.DeleteAsync(new Uri($"/api/v1/packages/{older}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Conflict, delete.StatusCode);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "expected an object")]
    [InlineData("""{"version":"latest"}""", "version")]
    [InlineData("""{"version":"2026.1.1","maliciousAddresses":[{"address":"300.1.1.1"}]}""", "maliciousAddresses[0].address")]
    [InlineData("""{"version":"2026.1.1","vulnerabilities":[{"cve":"X","vendor":"v","cvss":11}]}""", "vulnerabilities[0].cvss")]
    [InlineData("""{"version":"2026.1.1","vulnerabilities":{}}""", "vulnerabilities: expected a list")]
    public async Task A_bad_package_is_refused_and_the_place_is_named(string content, string named)
    {
        var (status, text) = await UploadAsync(content);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains(named, JsonNode.Parse(text)!["mistakes"]!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_never_replaced()
    {
        Assert.Equal(HttpStatusCode.Created, (await UploadAsync(Package("2026.5.5.5"))).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await UploadAsync(Package("2026.5.5.5", "203.0.113.9"))).Status);
    }

    private static string Package(string version, string address = "203.0.113.7") => new JsonObject
    {
        ["version"] = version,
        ["maliciousAddresses"] = new JsonArray(new JsonObject { ["address"] = address, ["name"] = "test", ["description"] = "an address of the documentation range" }),
    }.ToJsonString();

    private async Task<(HttpStatusCode Status, string Text)> UploadAsync(string content)
    {
        var client = await portal.TokenAsync(UserRole.SecurityAdmin);
        using var body = new StringContent(content, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/api/v1/packages", UriKind.Relative), body, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<string?> DesiredAsync(string sensor) =>
        JsonNode.Parse((await portal.Store.Twins.FindAsync(sensor, TestContext.Current.CancellationToken))!.Desired)!["threatIntelligence"]?["version"]?.GetValue<string>();
}
