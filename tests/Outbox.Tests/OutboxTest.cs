using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Outbox.Tests;

/// <summary>A folder of its own, a fake clock, and short ways to the store.</summary>
public abstract class OutboxTest : IDisposable
{
    private protected static readonly RecordStream[] All = Enum.GetValues<RecordStream>();

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("culvert-outbox-");

    private protected string Root => _root.FullName;

    private protected string Folder => Path.Combine(_root.FullName, "outbox");

    private protected string StoreFile => Path.Combine(Folder, "outbox.db");

    private protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));

    public void Dispose()
    {
        _root.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected Task<OutboxStore> OpenAsync(long maxBytes = 64 << 20) => OutboxStore.OpenAsync(
        new OutboxOptions { Directory = Folder, MaxBytes = maxBytes, ReserveBytes = 4096 }, Clock, NullLogger.Instance, TestContext.Current.CancellationToken);

    private protected static Task AppendAsync(OutboxStore store, RecordStream stream, int first, int count, int padding = 100) =>
        store.AppendAsync([.. Enumerable.Range(first, count).Select(n => TestRecords.Numbered(stream, n, padding))], null, TestContext.Current.CancellationToken);

    private protected static async Task<List<WaitingRecord>> DrainAsync(OutboxStore store, params RecordStream[] streams)
    {
        var all = new List<WaitingRecord>();
        while (await store.PeekAsync(streams.Length == 0 ? All : streams, 64, 1 << 20, TestContext.Current.CancellationToken) is { } batch)
        {
            all.AddRange(batch.Records);
            await store.AcknowledgeAsync(batch, TestContext.Current.CancellationToken);
        }

        return all;
    }
}
