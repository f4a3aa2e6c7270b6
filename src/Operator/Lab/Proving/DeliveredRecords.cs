using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Culvert.Lab;

/// <summary>What a sensor delivered since it was activated last, stream by stream.</summary>
/// <param name="Streams">Records by stream.</param>
/// <param name="Missing">Record numbers that never came.</param>
/// <param name="HasEnded">Whether the sensor said that it has nothing left.</param>
internal sealed record DeliveredRecords(IReadOnlyDictionary<string, long> Streams, long Missing, bool HasEnded)
{
    // Health tells how long a run took, and evidence which packets were at hand: these differ from run to run by right.
    private static readonly string[] Compared = ["alerts", "inventory", "traffic"];

    /// <summary>Whether nothing is missing and nothing is left.</summary>
    public bool IsWhole => HasEnded && Missing == 0 && Streams.Count > 0;

    /// <summary>Whether the same records came.</summary>
    public bool IsSameAs(DeliveredRecords other) => Compared.All(s => Streams.GetValueOrDefault(s) == other.Streams.GetValueOrDefault(s));

    /// <summary>Reads the newest epoch of a sensor.</summary>
    public static DeliveredRecords Read(string portalFolder, string sensor, bool hasEnded)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(portalFolder, "portal.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT LOWER(r.stream), SUM(r.last - r.first + 1), MAX(r.last) - MIN(r.first) + 1 - SUM(r.last - r.first + 1)
            FROM received r JOIN sensors s ON s.id = r.sensor_id
            WHERE s.name = $sensor AND r.epoch = (SELECT MAX(epoch) FROM received WHERE sensor_id = s.id)
            GROUP BY r.stream
            """;
        command.Parameters.AddWithValue("$sensor", sensor);
        using var reader = command.ExecuteReader();
        var streams = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var missing = 0L;
        while (reader.Read())
        {
            streams[reader.GetString(0)] = reader.GetInt64(1);
            missing += reader.GetInt64(2);
        }

        return new DeliveredRecords(streams, missing, hasEnded);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Streams.Values.Sum()} records ({string.Join(", ", Streams.Select(s => $"{s.Key} {s.Value}"))}), {Missing} missing{(HasEnded ? "" : ", and not all was delivered")}");
}
