namespace Culvert.Storage;

/// <summary>Durable ingest. Ids and records are stored in one transaction, so each id is stored once whatever the order of arrival.</summary>
public interface IIngestStore
{
    /// <summary>Stores many records of any sensors in one transaction; they are durable when the task completes.</summary>
    /// <param name="records">The records, in any order, with any duplicates.</param>
    /// <param name="at">Time of arrival.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    Task<IngestOutcome> StoreAsync(IReadOnlyList<IncomingRecord> records, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>What has arrived, by sensor and stream.</summary>
    /// <param name="sensor">Of this sensor; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<StreamStatistics>> ListStatisticsAsync(string? sensor, CancellationToken cancellationToken);

    /// <summary>Dead letters, newest first.</summary>
    /// <param name="sensor">Of this sensor; null for all.</param>
    /// <param name="page">Which rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<DeadLetter>> ListDeadLettersAsync(string? sensor, PageRequest page, CancellationToken cancellationToken);
}
