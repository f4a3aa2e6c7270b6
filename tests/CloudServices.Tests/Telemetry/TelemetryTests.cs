using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Culvert.CloudServices.Otlp;
using Culvert.Storage;
using Google.Protobuf;

namespace Culvert.CloudServices.Tests;

public sealed class TelemetryTests(PortalFixture fixture)
{
    private InProcessPortal Portal => fixture.Portal;

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Traces_metrics_and_logs_are_kept(bool gzip)
    {
        var sensor = gzip ? "otlp-gzip" : "otlp";
        using var identity = await Portal.EnrolAsync(sensor);
        using var client = Portal.HttpClient(identity);
        var nanoseconds = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        var span = new Span
        {
            Name = "open tunnel",
            TraceId = ByteString.CopyFrom(new byte[16]),
            StartTimeUnixNano = nanoseconds,
            EndTimeUnixNano = nanoseconds + 5_000_000,
            Attributes = { new KeyValue { Key = "hop", Value = new AnyValue { StringValue = "plant" } } },
        };
        var gauge = new Metric
        {
            Name = "culvert.outbox.waiting",
            Unit = "{record}",
            Gauge = new NumberData { DataPoints = { new NumberPoint { TimeUnixNano = nanoseconds, AsInt = 42 } } },
        };
        var line = new LogRecord { TimeUnixNano = nanoseconds, SeverityText = "Warning", Body = new AnyValue { StringValue = "no route" } };
        var traces = new TraceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { span } } } } } };
        var metrics = new MetricsRequest { ResourceMetrics = { new ResourceMetrics { ScopeMetrics = { new ScopeMetrics { Metrics = { gauge } } } } } };
        var logs = new LogsRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { line } } } } } };
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "/v1/traces", traces.ToByteArray(), gzip));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "/v1/metrics", metrics.ToByteArray(), gzip));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "/v1/logs", logs.ToByteArray(), gzip));
        var kept = Assert.Single((await ListAsync(sensor, "trace")).Items);
        Assert.Equal(("open tunnel", 5.0, "hop=plant"), (kept.Name, kept.Value, kept.Text));
        Assert.Equal(42, Assert.Single((await ListAsync(sensor, "metric")).Items).Value);
        Assert.Equal("no route", Assert.Single((await ListAsync(sensor, "log")).Items).Text);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_not_otlp_or_of_nobody_is_refused()
    {
        using var identity = await Portal.EnrolAsync("otlp-bad");
        using var client = Portal.HttpClient(identity);
        using var nobody = Portal.HttpClient();
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(nobody, "/v1/traces", [], false));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await SendAsync(client, "/v1/traces", "{}"u8.ToArray(), false, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(client, "/v1/traces", Encoding.ASCII.GetBytes("this is not protobuf"), false));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(client, "/v1/logs", new byte[CloudServicesOptions.MaxTelemetryBytes * 4], true));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "/v1/logs", [], false));
    }

    [Fact(Timeout = 60_000)]
    public async Task Random_bytes_never_fail_the_server()
    {
        const int Seed = 4318;
        var random = new Random(Seed);
        using var identity = await Portal.EnrolAsync("otlp-random");
        using var client = Portal.HttpClient(identity);
        for (var i = 0; i < 60; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            var status = await SendAsync(client, (i % 3) switch { 0 => "/v1/traces", 1 => "/v1/metrics", _ => "/v1/logs" }, bytes, false);
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"seed {Seed}, round {i}: {status}");
        }
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string path, byte[] body, bool gzip, string type = "application/x-protobuf")
    {
        if (gzip)
        {
            using var held = new MemoryStream();
            using (var stream = new GZipStream(held, CompressionLevel.Fastest, leaveOpen: true))
            {
                stream.Write(body);
            }

            body = held.ToArray();
        }

        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (gzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using var answer = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private Task<Page<TelemetryItem>> ListAsync(string sensor, string kind) => Portal.Store.Telemetry.ListAsync(sensor, kind, PageRequest.First, TestContext.Current.CancellationToken);
}
