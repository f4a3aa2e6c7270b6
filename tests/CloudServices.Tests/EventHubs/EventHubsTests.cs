using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.PortalHost;

namespace Culvert.CloudServices.Tests;

public sealed class EventHubsTests(PortalFixture fixture)
{
    private const string BatchType = "application/vnd.microsoft.servicebus.json";

    private InProcessPortal Portal => fixture.Portal;

    [Fact(Timeout = 60_000)]
    public async Task A_batch_is_stored_when_it_is_answered_and_once_only()
    {
        const string Sensor = "events-1";
        using var identity = await Portal.EnrolAsync(Sensor);
        using var client = Portal.HttpClient(identity);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(HttpStatusCode.Created, await SendAsync(client, Sensor, WireRecords.Batch(Enumerable.Range(1, 500).Select(n => WireRecords.Device(n)))));
            Assert.Equal((500, 500 * i, 0), await StatisticsAsync(Sensor));
        }

        // By the hub's own address as well, and one event as a body of its own.
        Assert.Equal(HttpStatusCode.Created, await SendAsync(client, Sensor, WireRecords.Batch(WireRecords.Device(501)), "/records/messages"));
        Assert.Equal(HttpStatusCode.Created, await SendAsync(client, Sensor, Encoding.UTF8.GetBytes(WireRecords.Device(502)), type: "application/json"));
        Assert.Equal((502, 500, 0), await StatisticsAsync(Sensor));
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_two_states_of_a_device_the_later_wins_whatever_comes_first()
    {
        const string Sensor = "events-order";
        using var identity = await Portal.EnrolAsync(Sensor);
        using var client = Portal.HttpClient(identity);
        await SendAsync(client, Sensor, WireRecords.Batch(WireRecords.Device(2, "d", "later")));
        await SendAsync(client, Sensor, WireRecords.Batch(WireRecords.Device(1, "d", "earlier")));
        Assert.Equal("later", (await Portal.Store.Devices.FindAsync(Sensor, "d", TestContext.Current.CancellationToken))!.Record.Name);
        await SendAsync(client, Sensor, WireRecords.Batch(WireRecords.Device(1, "d", "latest", epoch: 2)));
        Assert.Equal("latest", (await Portal.Store.Devices.FindAsync(Sensor, "d", TestContext.Current.CancellationToken))!.Record.Name);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1,null,\"x\"]")]
    [InlineData("[{\"Body\":7}]")]
    [InlineData("[{\"Body\":\"\\ud800\"}]")]
    [InlineData("[{\"Body\":\"{}\"}]")]
    public async Task What_is_no_batch_becomes_dead_letters_and_not_an_error(string body)
    {
        var sensor = $"events-bad-{Math.Abs(body.GetHashCode(StringComparison.Ordinal))}";
        using var identity = await Portal.EnrolAsync(sensor);
        using var client = Portal.HttpClient(identity);
        Assert.Equal(HttpStatusCode.Created, await SendAsync(client, sensor, Encoding.UTF8.GetBytes(body)));
        Assert.Equal(HttpStatusCode.Created, await SendAsync(client, sensor, WireRecords.Batch(WireRecords.Device(1))));
        Assert.Equal(1, (await StatisticsAsync(sensor)).Stored);
        Assert.True((await Portal.Store.Ingest.ListDeadLettersAsync(sensor, Storage.PageRequest.First, TestContext.Current.CancellationToken)).Total > 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Altered_records_never_hold_up_the_ones_behind_them()
    {
        const int Seed = 1883;
        const string Sensor = "events-altered";
        var random = new Random(Seed);
        using var identity = await Portal.EnrolAsync(Sensor);
        using var client = Portal.HttpClient(identity);
        string[] values = ["null", "[]", "{}", "[null]", "\"\"", "-1", "1e400", "\"\\u0000\"", "\"\\ud800\"", "true", "[{\"name\":null}]", "9223372036854775808", "\"0000-00-00\""];
        for (var i = 0; i < 150; i++)
        {
            var template = JsonNode.Parse(i % 2 == 0 ? WireRecords.Device(i + 1) : WireRecords.Alert(i + 1))!.AsObject();
            var body = template["body"]!.AsObject();
            foreach (var name in (string[])["protocols", "techniques", "iPv4Addresses", "vlans", "vendor", "purdueLevel", "occurrences"])
            {
                body[name] = null;
            }

            var field = body.ElementAt(random.Next(body.Count)).Key;
            body.Remove(field);
            var text = template.ToJsonString().Replace("\"body\":{", $"\"body\":{{\"{field}\":{values[random.Next(values.Length)]},", StringComparison.Ordinal);
            Assert.True(await SendAsync(client, Sensor, WireRecords.Batch(text)) == HttpStatusCode.Created, $"seed {Seed}, round {i}: {text}");
        }

        // Members that are missing have their defaults.
        Assert.Equal(HttpStatusCode.Created, await SendAsync(client, Sensor, WireRecords.Batch(WireRecords.Device(1000, "whole"))));
        Assert.Empty((await Portal.Store.Devices.FindAsync(Sensor, "whole", TestContext.Current.CancellationToken))!.Record.Protocols);
    }

    [Fact(Timeout = 60_000)]
    public async Task Too_much_is_refused_plain_or_compressed_and_gzip_is_understood()
    {
        const string Sensor = "events-size";
        using var identity = await Portal.EnrolAsync(Sensor);
        using var client = Portal.HttpClient(identity);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(client, Sensor, new byte[CloudServicesOptions.MaxBatchBytes + 1]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(client, Sensor, Gzip(new byte[512 * 1024 * 1024 / 8]), gzip: true));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(client, Sensor, "not gzip at all"u8.ToArray(), gzip: true));
        Assert.Equal(HttpStatusCode.Created, await SendAsync(client, Sensor, Gzip(WireRecords.Batch(WireRecords.Device(1))), gzip: true));
        Assert.Equal(1, (await StatisticsAsync(Sensor)).Stored);
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_proves_nothing_or_to_be_another_is_told_so_in_the_words_of_the_contract()
    {
        using var identity = await Portal.EnrolAsync("events-me");
        await Portal.OnboardAsync("events-you");
        using var nobody = Portal.HttpClient();
        using var client = Portal.HttpClient(identity);
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(nobody, "events-me", WireRecords.Batch(WireRecords.Device(1))));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(client, "events-you", WireRecords.Batch(WireRecords.Device(1))));
        using var answer = await nobody.PostAsync("/records/messages", new ByteArrayContent([]), TestContext.Current.CancellationToken);
        var refusal = System.Text.Json.JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), CulvertJson.Default.Refusal)!;
        Assert.Equal(RefusalCode.BadRequest, refusal.Code);
        Assert.NotNull(answer.Headers.Date);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_shared_access_token_speaks_for_its_own_publisher_only()
    {
        var administration = Portal.Service<SensorAdministration>();
        await Portal.OnboardAsync("events-sas");
        await Portal.OnboardAsync("events-sas-2");
        var key = (await administration.CreateSymmetricKeyAsync("events-sas", Actor.Local, TestContext.Current.CancellationToken))!;
        async Task<HttpStatusCode> Send(string publisher, string signedFor, string by, int seconds = 3600)
        {
            var resource = Uri.EscapeDataString($"https://localhost/records/publishers/{signedFor}");
            var end = TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds();
            var signature = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(by), Encoding.UTF8.GetBytes($"{resource}\n{end}")));
            using var client = Portal.HttpClient();
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(signature)}&se={end}&skn=send");
            return await SendAsync(client, publisher, WireRecords.Batch(WireRecords.Device(1)));
        }

        Assert.Equal(HttpStatusCode.Created, await Send("events-sas", "events-sas", key));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send("events-sas", "events-sas", "another key"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send("events-sas", "events-sas", key, -10));
        Assert.Equal(HttpStatusCode.Forbidden, await Send("events-sas-2", "events-sas", key));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send("events-sas-2", "events-sas-2", key));
    }

    private static byte[] Gzip(byte[] content)
    {
        using var held = new MemoryStream();
        using (var gzip = new GZipStream(held, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return held.ToArray();
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string sensor, byte[] body, string? path = null, string type = BatchType, bool gzip = false)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (gzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using var answer = await client.PostAsync(path ?? $"/records/publishers/{sensor}/messages", content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private async Task<(long Stored, long Duplicates, long DeadLetters)> StatisticsAsync(string sensor) =>
        (await Portal.Store.Ingest.ListStatisticsAsync(sensor, TestContext.Current.CancellationToken))
        .Where(s => s.Stream == RecordStream.Inventory).Select(s => (s.Stored, s.Duplicates, s.DeadLetters)).SingleOrDefault();
}
