using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteHealthStore(SqliteDatabase database) : IHealthStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Health");

    public Task<HealthEntry?> FindLatestAsync(string sensor, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.First(Sql["List"], Read, ("sensor", sensor), ("limit", 1), ("offset", 0)), cancellationToken);

    public Task<Page<HealthEntry>> ListAsync(string sensor, PageRequest page, CancellationToken cancellationToken) => database.ReadAsync(
        s => new Page<HealthEntry>(
            s.Query(Sql["List"], Read, ("sensor", sensor), ("limit", page.Limit), ("offset", page.Offset)),
            s.Count(Sql["Count"], ("sensor", sensor))),
        cancellationToken);

    public Task<Page<ConnectionChange>> ListConnectionsAsync(string sensor, PageRequest page, CancellationToken cancellationToken) => database.ReadAsync(
        s => new Page<ConnectionChange>(
            s.Query(
                Sql["ListConnections"],
                r => new ConnectionChange(r.Time("at"), r.Word<ConnectionState>("state")),
                ("sensor", sensor), ("limit", page.Limit), ("offset", page.Offset)),
            s.Count(Sql["CountConnections"], ("sensor", sensor))),
        cancellationToken);

    private static HealthEntry Read(SqliteDataReader r) =>
        new(JsonSerializer.Deserialize(r.Text("body"), CulvertJson.Default.HealthRecord)!, r.Time("received_at"));
}
