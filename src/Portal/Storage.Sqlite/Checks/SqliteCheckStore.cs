using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteCheckStore(SqliteDatabase database) : ICheckStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Checks");

    public Task<StoreOutcome> AddAsync(CheckEntry check, CancellationToken cancellationToken) => database.WriteAsync(
        s =>
        {
            if (SqliteSensorStore.FindId(s, check.Sensor) is not { } sensorId)
            {
                return StoreOutcome.NotFound;
            }

            Add(s, sensorId, check);
            return StoreOutcome.Done;
        },
        cancellationToken);

    /// <summary>Adds a report within a transaction that is under way.</summary>
    internal static void Add(SqliteSession session, long sensorId, CheckEntry check)
    {
        session.Execute(
            Sql["Add"],
            ("sensorId", sensorId), ("startedAt", check.StartedAt), ("receivedAt", check.ReceivedAt), ("askedBy", check.AskedBy), ("outcome", check.Outcome), ("report", check.Report));
        session.Execute(Sql["Trim"], ("sensorId", sensorId), ("keep", ICheckStore.MaxPerSensor));
    }

    public Task<Page<CheckEntry>> ListAsync(string sensor, PageRequest page, CancellationToken cancellationToken) => database.ReadAsync(
        s => new Page<CheckEntry>(
            s.Query(Sql["List"], Read, ("sensor", sensor), ("limit", page.Limit), ("offset", page.Offset)),
            s.Count(Sql["Count"], ("sensor", sensor))),
        cancellationToken);

    private static CheckEntry Read(SqliteDataReader r) => new()
    {
        Sensor = r.Text("sensor"),
        StartedAt = r.Time("started_at"),
        ReceivedAt = r.Time("received_at"),
        AskedBy = r.TextOrNull("asked_by"),
        Outcome = r.Text("outcome"),
        Report = r.Text("report"),
    };
}
