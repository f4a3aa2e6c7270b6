using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteAlertStore(SqliteDatabase database) : IAlertStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Alerts");

    public Task<Page<AlertEntry>> QueryAsync(AlertQuery query, CancellationToken cancellationToken)
    {
        var direction = query.Descending ? "DESC" : "ASC";
        var order = query.Sort switch
        {
            AlertSort.FirstDetection => "a.first_detection",
            AlertSort.Severity => Sql["BySeverity"],
            AlertSort.Title => "a.title",
            AlertSort.Site => "i.name",
            AlertSort.Zone => "a.zone",
            AlertSort.Engine => "a.engine",
            AlertSort.Status => Sql["ByStatus"],
            AlertSort.Sensor => "s.name",
            _ => "a.last_detection",
        };
        var filter = Filter(query, null);
        return database.ReadAsync(
            s => new Page<AlertEntry>(
                s.Query(
                    $"{Sql["Select"]} {Sql["From"]} ORDER BY {order} {direction}, a.last_detection DESC, a.id DESC LIMIT @limit OFFSET @offset",
                    Read,
                    [.. filter, ("limit", query.Page.Limit), ("offset", query.Page.Offset)]),
                s.Count($"SELECT COUNT(*) {Sql["From"]}", filter)),
            cancellationToken);
    }

    public Task<AlertEntry?> FindAsync(string sensor, string id, CancellationToken cancellationToken) => database.ReadAsync(
        s =>
        {
            var (alert, sensorId) = s.First(
                $"{Sql["Select"]} {Sql["From"]}",
                r => (Read(r), r.Number("sensor_id")),
                Filter(new AlertQuery { Sensor = sensor }, id));
            return alert is null ? null : alert with { Evidence = s.Query(Sql["ListEvidence"], ReadEvidence, ("sensorId", sensorId), ("alertId", id)) };
        },
        cancellationToken);

    public Task<StoreOutcome> SetStatusAsync(string sensor, string id, AlertStatus status, string by, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(
            s => s.Execute(Sql["SetStatus"], ("sensor", sensor), ("alertId", id), ("status", status), ("by", by), ("at", at)) == 0 ? StoreOutcome.NotFound : StoreOutcome.Done,
            cancellationToken);

    private static (string Name, object? Value)[] Filter(AlertQuery query, string? alertId) =>
    [
        ("sensor", query.Sensor), ("alertId", alertId), ("site", query.Site), ("zone", query.Zone), ("severity", query.Severity), ("engine", query.Engine), ("status", query.Status),
        ("open", query.Open), ("category", query.Category), ("device", query.Device), ("from", query.From), ("to", query.To), ("text", SearchPattern.Containing(query.Text)),
    ];

    private static AlertEntry Read(SqliteDataReader r) => new()
    {
        Sensor = r.Text("sensor"),
        Site = r.Text("site"),
        Record = JsonSerializer.Deserialize(r.Text("body"), CulvertJson.Default.AlertRecord)! with
        {
            FirstDetection = r.Time("first_detection"),
            LastDetection = r.Time("last_detection"),
        },
        Status = r.Word<AlertStatus>("status"),
        StatusBy = r.TextOrNull("status_by"),
        StatusAt = r.TimeOrNull("status_at"),
        UpdatedAt = r.Time("updated_at"),
    };

    private static EvidenceRecord ReadEvidence(SqliteDataReader r) => JsonSerializer.Deserialize(r.Text("body"), CulvertJson.Default.EvidenceRecord)!;
}
