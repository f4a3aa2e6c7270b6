using Microsoft.Data.Sqlite;

namespace Culvert.Lab;

/// <summary>What has arrived in a portal, counted in its own database.</summary>
/// <param name="Records">Distinct record ids, by sensor and stream.</param>
/// <param name="Missing">Ids between the first and the last of a stream that never came, by sensor and stream.</param>
/// <param name="Alerts">Rows of alerts by sensor.</param>
/// <param name="Devices">Rows of devices by sensor.</param>
/// <param name="Duplicates">Copies that were acknowledged and not stored, by sensor.</param>
internal sealed record PortalRecords(
    IReadOnlyDictionary<string, long> Records, IReadOnlyDictionary<string, long> Missing, IReadOnlyDictionary<string, long> Alerts,
    IReadOnlyDictionary<string, long> Devices, IReadOnlyDictionary<string, long> Duplicates)
{
    /// <summary>All records of a sensor.</summary>
    public long Of(string sensor) => Records.Where(r => r.Key.StartsWith($"{sensor}/", StringComparison.Ordinal)).Sum(r => r.Value);

    /// <summary>Counts, beside a portal that runs.</summary>
    public static PortalRecords Read(string portalFolder)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(portalFolder, "portal.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return new PortalRecords(
            Count(connection, "SELECT s.name || '/' || r.stream, SUM(r.last - r.first + 1) FROM received r JOIN sensors s ON s.id = r.sensor_id GROUP BY 1"),
            Count(connection, "SELECT n, SUM(gap) FROM (SELECT s.name || '/' || r.stream AS n, MAX(r.last) - MIN(r.first) + 1 - SUM(r.last - r.first + 1) AS gap FROM received r JOIN sensors s ON s.id = r.sensor_id GROUP BY s.name, r.stream, r.epoch) GROUP BY n"),
            Count(connection, "SELECT s.name, COUNT(*) FROM alerts a JOIN sensors s ON s.id = a.sensor_id GROUP BY 1"),
            Count(connection, "SELECT s.name, COUNT(*) FROM devices d JOIN sensors s ON s.id = d.sensor_id GROUP BY 1"),
            Count(connection, "SELECT s.name, SUM(c.duplicates) FROM stream_counters c JOIN sensors s ON s.id = c.sensor_id GROUP BY 1"));
    }

    private static Dictionary<string, long> Count(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Read())
        {
            counts[reader.GetString(0)] = reader.GetInt64(1);
        }

        return counts;
    }
}
