using System.Text;
using Culvert.Outbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.SensorHost.Tests;

/// <summary>Opens outboxes and reads all that waits in them.</summary>
internal static class OutboxReader
{
    public static Task<OutboxStore> OpenAsync(string folder, long maxBytes = 64 * 1024 * 1024) =>
        OutboxStore.OpenAsync(new OutboxOptions { Directory = folder, MaxBytes = maxBytes, ReserveBytes = 0 }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    /// <summary>The bodies of a stream in order, each with its sequence.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(OutboxStore outbox, RecordStream stream)
    {
        var batch = await outbox.PeekAsync([stream], 1_000_000, long.MaxValue, CancellationToken.None);
        return batch is null ? [] : [.. batch.Records.Select(r => $"{r.Sequence} {Encoding.UTF8.GetString(r.Body.Span)}")];
    }

    public static async Task<IReadOnlyList<string>> ReadAllAsync(OutboxStore outbox)
    {
        var all = new List<string>();
        foreach (var stream in Enum.GetValues<RecordStream>())
        {
            all.AddRange((await ReadAsync(outbox, stream)).Select(r => $"{stream} {r}"));
        }

        return all;
    }
}
