using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Culvert.CloudServices.Tests;

/// <summary>File upload and the Blob service by the official Azure SDK for .NET.</summary>
public sealed class BlobTests(PortalFixture fixture)
{
    private InProcessPortal Portal => fixture.Portal;

    [Fact(Timeout = 60_000)]
    public async Task The_official_client_puts_blocks_in_parallel_and_reads_them_back_whole_and_in_ranges()
    {
        using var identity = await Portal.EnrolAsync("blob-1");
        var (blob, name) = await PlaceAsync(identity, "blob-1", "captures/a b ü.pcap");
        Assert.Equal("blob-1/captures/a b ü.pcap", name);
        var content = RandomNumberGenerator.GetBytes(5_000_000);
        await blob.UploadAsync(
            new MemoryStream(content),
            new BlobUploadOptions
            {
                TransferOptions = new StorageTransferOptions { InitialTransferSize = 512 * 1024, MaximumTransferSize = 512 * 1024, MaximumConcurrency = 4 },
                HttpHeaders = new BlobHttpHeaders { ContentType = "application/vnd.tcpdump.pcap" },
                Metadata = new Dictionary<string, string> { ["alert"] = "a-1" },
            },
            TestContext.Current.CancellationToken);
        var properties = (await blob.GetPropertiesAsync(cancellationToken: TestContext.Current.CancellationToken)).Value;
        Assert.Equal((content.Length, "application/vnd.tcpdump.pcap", "a-1"), (properties.ContentLength, properties.ContentType, properties.Metadata["alert"]));
        Assert.Equal(content, (await blob.DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content.ToArray());
        var part = await blob.DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(1_000_000, 4096) }, TestContext.Current.CancellationToken);
        Assert.Equal(content[1_000_000..1_004_096], part.Value.Content.ToArray());
        await using var stream = await blob.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false) { BufferSize = 300_000 }, TestContext.Current.CancellationToken);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_put_again_replaces_and_if_none_match_forbids_it()
    {
        using var identity = await Portal.EnrolAsync("blob-2");
        var (blob, _) = await PlaceAsync(identity, "blob-2", "x");
        await blob.UploadAsync(BinaryData.FromString("one"), overwrite: true, TestContext.Current.CancellationToken);
        await blob.UploadAsync(BinaryData.FromString("two"), overwrite: true, TestContext.Current.CancellationToken);
        Assert.Equal("two", (await blob.DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content.ToString());
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => blob.UploadAsync(BinaryData.FromString("three"), overwrite: false, TestContext.Current.CancellationToken));
        Assert.Equal((409, "BlobAlreadyExists"), (failure.Status, failure.ErrorCode));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_opens_its_blob_for_what_it_names_and_nothing_else()
    {
        using var identity = await Portal.EnrolAsync("blob-3");
        var (blob, _) = await PlaceAsync(identity, "blob-3", "mine");
        await blob.UploadAsync(BinaryData.FromString("x"), TestContext.Current.CancellationToken);
        var sas = blob.Uri.Query;
        var root = $"https://localhost:{Portal.Port}/culvert/evidence";
        using var client = Portal.HttpClient();
        async Task<HttpStatusCode> Get(string url) => (await client.GetAsync(new Uri(url), TestContext.Current.CancellationToken)).StatusCode;

        Assert.Equal(HttpStatusCode.OK, await Get($"{root}/blob-3/mine{sas}"));
        Assert.Equal(HttpStatusCode.Forbidden, await Get($"{root}/blob-3/mine"));
        Assert.Equal(HttpStatusCode.Forbidden, await Get($"{root}/blob-3/other{sas}"));
        Assert.Equal(HttpStatusCode.Forbidden, await Get($"{root}/blob-3/mine{sas.Replace("sp=rcw", "sp=rcwd", StringComparison.Ordinal)}"));
        Assert.Equal(HttpStatusCode.Forbidden, await Get($"{root}/blob-3/mine{sas.Replace("se=20", "se=21", StringComparison.Ordinal)}"));
        Assert.Equal(HttpStatusCode.Forbidden, await Get($"{root}/blob-3/%2e%2e/mine{sas}"));
        var deletion = await Assert.ThrowsAsync<RequestFailedException>(() => blob.DeleteAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(403, deletion.Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task Content_that_was_altered_on_the_way_is_not_kept()
    {
        using var identity = await Portal.EnrolAsync("blob-4");
        var (blob, _) = await PlaceAsync(identity, "blob-4", "x");
        using var client = Portal.HttpClient();
        using var body = new ByteArrayContent("content"u8.ToArray());
        body.Headers.ContentMD5 = new byte[16];
        body.Headers.Add("x-ms-blob-type", "BlockBlob");
        using var answer = await client.PutAsync(blob.Uri, body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False((await blob.ExistsAsync(TestContext.Current.CancellationToken)).Value);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("../other/x")]
    [InlineData("/x")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("")]
    [InlineData("a\\b")]
    [InlineData("a?b")]
    public async Task Names_that_lead_elsewhere_are_refused(string name)
    {
        var sensor = $"blob-name-{Math.Abs(name.GetHashCode(StringComparison.Ordinal))}";
        using var identity = await Portal.EnrolAsync(sensor);
        using var client = Portal.HttpClient(identity);
        using var answer = await client.PostAsJsonAsync($"/devices/{sensor}/files?api-version=2021-04-12", new { blobName = name }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("<BlockList><Latest>AAAA</Latest></BlockList>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"aaaa\">]><BlockList><Latest>&a;</Latest></BlockList>")]
    [InlineData("<Other/>")]
    [InlineData("<BlockList>")]
    [InlineData("")]
    public async Task A_block_list_that_cannot_be_is_refused(string xml)
    {
        var sensor = $"blob-list-{Math.Abs(xml.GetHashCode(StringComparison.Ordinal))}";
        using var identity = await Portal.EnrolAsync(sensor);
        var (blob, _) = await PlaceAsync(identity, sensor, "x");
        using var client = Portal.HttpClient();
        using var answer = await client.PutAsync(new Uri($"{blob.Uri}&comp=blocklist"), new StringContent(xml), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<(BlobClient Blob, string Name)> PlaceAsync(X509Certificate2 identity, string sensor, string name)
    {
        using var client = Portal.HttpClient(identity);
        using var answer = await client.PostAsJsonAsync($"/devices/{sensor}/files?api-version=2021-04-12", new { blobName = name });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var place = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        var blobName = place["blobName"]!.GetValue<string>();
        var uri = new Uri($"https://{place["hostName"]}/{place["containerName"]}/{string.Join('/', blobName.Split('/').Select(Uri.EscapeDataString))}{place["sasToken"]}");
        var options = new BlobClientOptions { Transport = new HttpClientTransport(Portal.HttpClient()) };
        options.Retry.MaxRetries = 0;
        return (new BlobClient(uri, options), blobName);
    }
}
