using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteIngestStore(SqliteDatabase database) : IIngestStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Ingest");

    public Task<IngestOutcome> StoreAsync(IReadOnlyList<IncomingRecord> records, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(s => new SqliteIngestion(s, Sql, at).Store(records), cancellationToken);

    public async Task<IReadOnlyList<StreamStatistics>> ListStatisticsAsync(string? sensor, CancellationToken cancellationToken) => await database.ReadAsync(
        s => s.Query(Sql["ListStatistics"], ReadStatistics, ("sensor", sensor)),
        cancellationToken);

    public Task<Page<DeadLetter>> ListDeadLettersAsync(string? sensor, PageRequest page, CancellationToken cancellationToken) => database.ReadAsync(
        s => new Page<DeadLetter>(
            s.Query(Sql["ListDeadLetters"], ReadDeadLetter, ("sensor", sensor), ("limit", page.Limit), ("offset", page.Offset)),
            s.Count(Sql["CountDeadLetters"], ("sensor", sensor))),
        cancellationToken);

    private static StreamStatistics ReadStatistics(SqliteDataReader r) => new()
    {
        Sensor = r.Text("sensor"),
        Stream = r.Word<RecordStream>("stream"),
        Stored = r.Number("stored"),
        Duplicates = r.Number("duplicates"),
        DeadLetters = r.Number("dead_letters"),
        Missing = r.Number("missing"),
        LastAt = r.TimeOrNull("last_at"),
    };

    private static DeadLetter ReadDeadLetter(SqliteDataReader r) => new()
    {
        Id = r.Number("id"),
        Sensor = r.Text("sensor"),
        Reason = r.Text("reason"),
        Raw = r.Text("raw"),
        Length = (int)r.Number("length"),
        ReceivedAt = r.Time("received_at"),
    };
}
