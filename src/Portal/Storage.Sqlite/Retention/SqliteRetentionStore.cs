namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteRetentionStore(SqliteDatabase database, SqliteBlobStore blobs) : IRetentionStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Retention");

    private static readonly string[] OfDeletedSensors = ["DeletedDevices", "DeletedAlerts", "DeletedTraffic", "DeletedHealth", "DeletedTelemetry", "DeletedDeadLetters"];

    public async Task<long> PruneAsync(RetentionLimits limits, DateTimeOffset at, CancellationToken cancellationToken)
    {
        (string Statement, DateTimeOffset Before)[] byAge =
        [
            ("Devices", at - limits.Devices), ("Alerts", at - limits.Alerts), ("Evidence", at - limits.Alerts), ("Traffic", at - limits.Traffic), ("DeadLetters", at - limits.DeadLetters),
            ("Connections", at - limits.Connections), ("Audit", at - limits.Audit), ("SignInCodes", at), ("ApiTokens", at),
        ];
        var removed = 0L;
        foreach (var (statement, before) in byAge)
        {
            removed += await database.WriteAsync(s => s.Execute(Sql[statement], ("before", before), ("limit", limits.BatchRows)), cancellationToken);
        }

        foreach (var sensor in await ListAsync("ListSensors", cancellationToken))
        {
            removed += await database.WriteAsync(
                s => s.Execute(Sql["Health"], ("sensorId", sensor), ("keep", IHealthStore.MaxPerSensor), ("limit", limits.BatchRows)),
                cancellationToken);
        }

        // The row of a deleted sensor stays: it is what says "revoked" to whoever still holds its certificate.
        foreach (var sensor in await ListAsync("ListDeleted", cancellationToken))
        {
            foreach (var statement in OfDeletedSensors)
            {
                removed += await database.WriteAsync(s => s.Execute(Sql[statement], ("sensorId", sensor), ("limit", limits.BatchRows)), cancellationToken);
            }
        }

        return removed + await blobs.PruneAsync(at - limits.Blobs, at, limits.BatchRows, cancellationToken);
    }

    private Task<List<long>> ListAsync(string statement, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.Query(Sql[statement], r => r.GetInt64(0)), cancellationToken);
}
