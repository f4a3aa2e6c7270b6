using Microsoft.Data.Sqlite;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>What the portal's database holds of a sensor, as text that does not depend on when and how it came.</summary>
internal static class PortalRows
{
    /// <summary>All devices, alerts and traffic of a sensor, in order.</summary>
    public static IReadOnlyList<string> Read(Portal portal, string sensor)
    {
        using var database = Open(portal);
        List<string> rows =
        [
            .. Query(database, "SELECT 'device', zone, key, first_seen, last_seen, body FROM devices WHERE sensor_id = @id", sensor),
            .. Query(database, "SELECT 'alert', zone, alert_id, first_detection, last_detection, body FROM alerts WHERE sensor_id = @id", sensor),
            .. Query(database, "SELECT 'traffic', zone, interval_start, interval_seconds, source, destination, protocol, frames, bytes FROM traffic WHERE sensor_id = @id", sensor),
        ];
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    /// <summary>Records stored, by stream, without health.</summary>
    public static IReadOnlyDictionary<string, long> Stored(Portal portal, string sensor)
    {
        using var database = Open(portal);
        return Query(database, "SELECT stream, stored FROM stream_counters WHERE sensor_id = @id AND stream <> 'health' COLLATE NOCASE", sensor)
            .Select(r => r.Split('\u001f')).ToDictionary(r => r[0], r => long.Parse(r[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Intervals of sequence numbers received, as <c>stream first-last</c>: one a stream, from 1, when nothing is missing.</summary>
    public static IReadOnlyList<string> Received(Portal portal, string sensor)
    {
        using var database = Open(portal);
        return [.. Query(database, "SELECT stream, first, last FROM received WHERE sensor_id = @id ORDER BY stream, epoch, first", sensor).Select(r => r.Replace('\u001f', ' '))];
    }

    /// <summary>Bodies of the health records, oldest first.</summary>
    public static IReadOnlyList<string> Health(Portal portal, string sensor)
    {
        using var database = Open(portal);
        return [.. Query(database, "SELECT body FROM health WHERE sensor_id = @id ORDER BY epoch, sequence", sensor)];
    }

    /// <summary>Reports of its checks, oldest first.</summary>
    public static IReadOnlyList<string> Checks(Portal portal, string sensor)
    {
        using var database = Open(portal);
        return [.. Query(database, "SELECT report FROM checks WHERE sensor_id = @id ORDER BY id", sensor)];
    }

    /// <summary>One value of the sensor's row.</summary>
    public static string? Column(Portal portal, string sensor, string column)
    {
        using var database = Open(portal);
        return Query(database, $"SELECT {column} FROM sensors WHERE id = @id", sensor).SingleOrDefault();
    }

    /// <summary>Records that the portal could not understand.</summary>
    public static IReadOnlyList<string> DeadLetters(Portal portal, string sensor)
    {
        using var database = Open(portal);
        return [.. Query(database, "SELECT reason, raw FROM dead_letters WHERE sensor_id = @id", sensor)];
    }

    private static SqliteConnection Open(Portal portal)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(portal.Data, "portal.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return connection;
    }

    private static IEnumerable<string> Query(SqliteConnection database, string sql, string sensor)
    {
        using var command = database.CreateCommand();
        // The SQL is of this file.
#pragma warning disable CA2100
        command.CommandText = sql.Replace("@id", "(SELECT id FROM sensors WHERE name = @sensor)", StringComparison.Ordinal);
#pragma warning restore CA2100
        command.Parameters.AddWithValue("@sensor", sensor);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return string.Join('\u001f', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetValue(i).ToString()));
        }
    }
}
