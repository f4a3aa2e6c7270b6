using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Culvert.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Uplink.Tests;

public sealed class EventHubsSenderTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-events-");
    private readonly ScriptedHttp _http = new();
    private readonly HttpClient _client;
    private OutboxStore _outbox = null!;
    private WaitingBatch _batch = null!;

    public EventHubsSenderTests() => _client = new HttpClient(_http) { BaseAddress = new Uri("https://localhost/") };

    public async ValueTask InitializeAsync()
    {
        _outbox = await OutboxStore.OpenAsync(new OutboxOptions { Directory = _folder.FullName, ReserveBytes = 4096 }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        await _outbox.AppendAsync([.. Enumerable.Range(1, 3).Select(n => TestParts.Numbered(RecordStream.Inventory, n))], null, CancellationToken.None);
        _batch = (await _outbox.PeekAsync([RecordStream.Inventory], 10, 1 << 20, CancellationToken.None))!;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _outbox.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory(Timeout = 60_000)]
    [InlineData(201, SendResult.Accepted)]
    [InlineData(200, SendResult.Accepted)]
    [InlineData(400, SendResult.Malformed)]
    [InlineData(413, SendResult.TooLarge)]
    [InlineData(401, SendResult.TryAgain)]
    [InlineData(403, SendResult.TryAgain)]
    [InlineData(404, SendResult.TryAgain)]
    [InlineData(429, SendResult.TryAgain)]
    [InlineData(500, SendResult.TryAgain)]
    [InlineData(502, SendResult.TryAgain)]
    [InlineData(503, SendResult.TryAgain)]
    public async Task Each_answer_means_what_the_service_says(int status, object expected)
    {
        _http.Answer = _ => new HttpResponseMessage((HttpStatusCode)status);
        var outcome = await Sender().SendAsync(_batch, TestContext.Current.CancellationToken);
        Assert.Equal(expected, outcome.Result);
        Assert.Equal(3, outcome.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sends_the_form_of_the_rest_api_to_its_own_publisher()
    {
        _http.Answer = _ => new HttpResponseMessage(HttpStatusCode.Created);
        await Sender("SharedAccessSignature sr=x").SendAsync(_batch, TestContext.Current.CancellationToken);
        var request = Assert.Single(_http.Requests);
        Assert.Equal("/records/publishers/sensor-1/messages", request.Path);
        Assert.Equal("SharedAccessSignature sr=x", request.Authorization);
        using var json = JsonDocument.Parse(request.Body);
        Assert.Equal(3, json.RootElement.GetArrayLength());
        Assert.Equal("culvert.records.v1", json.RootElement[0].GetProperty("UserProperties").GetProperty("schema").GetString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Compresses_once_the_service_says_that_it_can_and_stops_when_it_says_no()
    {
        _http.Answer = _ =>
        {
            var answer = new HttpResponseMessage(HttpStatusCode.Created);
            answer.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            return answer;
        };
        var sender = Sender();
        await sender.SendAsync(_batch, TestContext.Current.CancellationToken);
        await sender.SendAsync(_batch, TestContext.Current.CancellationToken);
        _http.Answer = _ => new HttpResponseMessage(HttpStatusCode.UnsupportedMediaType);
        Assert.Equal(SendResult.TryAgain, (await sender.SendAsync(_batch, TestContext.Current.CancellationToken)).Result);
        _http.Answer = _ => new HttpResponseMessage(HttpStatusCode.Created);
        Assert.Equal(SendResult.Accepted, (await sender.SendAsync(_batch, TestContext.Current.CancellationToken)).Result);

        var requests = _http.Requests.ToList();
        Assert.Equal([null, "gzip", "gzip", null], requests.Select(r => r.Encoding));
        using var unzipped = new GZipStream(new MemoryStream(requests[1].Body), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        await unzipped.CopyToAsync(plain, TestContext.Current.CancellationToken);
        Assert.Equal(requests[0].Body, plain.ToArray());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_link_that_breaks_means_again_and_never_delivered()
    {
        _http.Answer = _ => throw new HttpRequestException("cut");
        Assert.Equal(SendResult.TryAgain, (await Sender().SendAsync(_batch, TestContext.Current.CancellationToken)).Result);
    }

    [Fact]
    public void What_the_cloud_asks_to_wait_is_read_in_both_forms_and_never_above_an_hour()
    {
        static HttpResponseMessage With(RetryConditionHeaderValue? value, DateTimeOffset? date = null)
        {
            var answer = new HttpResponseMessage();
            answer.Headers.RetryAfter = value;
            answer.Headers.Date = date;
            return answer;
        }

        var now = new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Null(EventHubsSender.RetryAfterOf(With(null)));
        Assert.Equal(TimeSpan.FromSeconds(20), EventHubsSender.RetryAfterOf(With(new RetryConditionHeaderValue(TimeSpan.FromSeconds(20)))));
        Assert.Equal(TimeSpan.FromHours(1), EventHubsSender.RetryAfterOf(With(new RetryConditionHeaderValue(TimeSpan.FromDays(90)))));
        Assert.Equal(TimeSpan.FromSeconds(30), EventHubsSender.RetryAfterOf(With(new RetryConditionHeaderValue(now.AddSeconds(30)), now)));
        Assert.Equal(TimeSpan.Zero, EventHubsSender.RetryAfterOf(With(new RetryConditionHeaderValue(now.AddSeconds(-30)), now)));
        Assert.Null(EventHubsSender.RetryAfterOf(With(new RetryConditionHeaderValue(now))));
    }

    private EventHubsSender Sender(string? token = null) => new(_client, TestParts.Sensor, _ => ValueTask.FromResult(token));
}
