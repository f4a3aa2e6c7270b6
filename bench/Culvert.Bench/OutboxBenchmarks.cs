using System.Text;
using BenchmarkDotNet.Attributes;
using Culvert.Outbox;
using Culvert.Uplink;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Bench;

/// <summary>Appending to the outbox (durable when it returns), draining it, and writing batches of what it gives.</summary>
[MemoryDiagnoser]
public class OutboxBenchmarks
{
    private const int Records = 500;
    private DirectoryInfo _folder = null!;
    private OutboxStore _outbox = null!;
    private OutgoingRecord[] _records = [];
    private WaitingBatch _batch = null!;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _folder = Directory.CreateTempSubdirectory("culvert-bench-");
        _outbox = await OutboxStore.OpenAsync(new OutboxOptions { Directory = _folder.FullName }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        _records = [.. Enumerable.Range(0, Records).Select(n => new OutgoingRecord(RecordStream.Traffic, Encoding.UTF8.GetBytes(
            $$"""{"zone":"cell-1","intervalStart":"2026-11-24T08:00:00Z","intervalSeconds":10,"source":"10.1.0.{{n % 250}}","destination":"10.1.1.{{n % 250}}","protocol":"Modbus","frames":{{n}},"bytes":{{n * 80}}}""")))];
        await _outbox.AppendAsync(_records, null, CancellationToken.None);
        _batch = (await _outbox.PeekAsync([RecordStream.Traffic], Records, 1 << 20, CancellationToken.None))!;
    }

    [GlobalCleanup]
    public void Close()
    {
        _outbox.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>500 records in, durable, and out again, acknowledged.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public async Task AppendAndDrain()
    {
        await _outbox.AppendAsync(_records, null, CancellationToken.None);
        var batch = await _outbox.PeekAsync([RecordStream.Traffic], Records, 1 << 20, CancellationToken.None);
        await _outbox.AcknowledgeAsync(batch!, CancellationToken.None);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int WriteMqttArray() => BatchWriter.WriteArray(_batch, 255 * 1024).Count;

    [Benchmark(OperationsPerInvoke = Records)]
    public int WriteEventHubsBatch() => BatchWriter.WriteEvents(_batch, 960 * 1024).Count;
}
