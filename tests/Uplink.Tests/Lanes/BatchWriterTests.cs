using System.Text.Json;
using Culvert.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Uplink.Tests;

public sealed class BatchWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-batch-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writes_as_many_records_as_fit_and_says_how_many(bool events)
    {
        using var outbox = await OutboxStore.OpenAsync(
            new OutboxOptions { Directory = _folder.FullName, ReserveBytes = 4096 }, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);
        var texts = Enumerable.Range(0, 40).Select(n => $"{{\"n\":{n},\"s\":\"\\\"quoted\\\" ü \\u0007 {new string('y', n * 37)}\"}}").ToList();
        await outbox.AppendAsync([.. texts.Select(t => new OutgoingRecord(RecordStream.Traffic, System.Text.Encoding.UTF8.GetBytes(t)))], null, TestContext.Current.CancellationToken);
        var batch = (await outbox.PeekAsync([RecordStream.Traffic], 100, 1 << 20, TestContext.Current.CancellationToken))!;
        for (var limit = 1; limit < 30_000; limit += 613)
        {
            var (payload, count) = events ? BatchWriter.WriteEvents(batch, limit) : BatchWriter.WriteArray(batch, limit);
            Assert.InRange(count, 1, 40);
            Assert.True(count == 1 || payload.Length <= limit, $"limit {limit}, {payload.Length} bytes with {count} records");
            using var json = JsonDocument.Parse(payload);
            var envelopes = json.RootElement.EnumerateArray().Select(e => events ? JsonDocument.Parse(e.GetProperty("Body").GetString()!).RootElement : e).ToList();
            Assert.Equal(count, envelopes.Count);
            for (var i = 0; i < count; i++)
            {
                Assert.Equal("traffic", envelopes[i].GetProperty("stream").GetString());
                Assert.Equal(i + 1, envelopes[i].GetProperty("sequence").GetInt64());
                Assert.Equal(texts[i], envelopes[i].GetProperty("body").GetRawText());
            }
        }
    }

    [Fact]
    public void The_largest_record_the_outbox_takes_fits_into_a_batch_of_either_form()
    {
        Assert.True(OutgoingRecord.MaxBodyBytes + 200 < BatchLimits.IotHub.MaxPayloadBytes);
        Assert.True(BatchLimits.IotHub.MaxPayloadBytes < 256 * 1024);
        Assert.True(BatchLimits.EventHubs.MaxPayloadBytes < 1024 * 1024);
    }
}
