using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteTelemetryStore(SqliteDatabase database) : ITelemetryStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Telemetry");

    public Task AppendAsync(string sensor, IReadOnlyList<TelemetryItem> items, CancellationToken cancellationToken) => database.WriteAsync(
        s =>
        {
            if (SqliteSensorStore.FindId(s, sensor) is not { } id)
            {
                return 0;
            }

            foreach (var ofKind in items.GroupBy(i => i.Kind))
            {
                foreach (var item in ofKind.TakeLast(ITelemetryStore.MaxPerKind))
                {
                    s.Execute(
                        Sql["Append"],
                        ("sensorId", id), ("kind", item.Kind), ("name", item.Name), ("at", item.At), ("value", item.Value), ("unit", item.Unit), ("text", item.Text), ("traceId", item.TraceId));
                }

                s.Execute(Sql["Trim"], ("sensorId", id), ("kind", ofKind.Key), ("keep", ITelemetryStore.MaxPerKind));
            }

            return items.Count;
        },
        cancellationToken);

    public Task<Page<TelemetryItem>> ListAsync(string sensor, string kind, PageRequest page, CancellationToken cancellationToken) => database.ReadAsync(
        s => new Page<TelemetryItem>(
            s.Query(Sql["List"], Read, ("sensor", sensor), ("kind", kind), ("limit", page.Limit), ("offset", page.Offset)),
            s.Count(Sql["Count"], ("sensor", sensor), ("kind", kind))),
        cancellationToken);

    private static TelemetryItem Read(SqliteDataReader r) => new()
    {
        Kind = r.Text("kind"),
        Name = r.Text("name"),
        At = r.Time("at"),
        Value = r.RealOrNull("value"),
        Unit = r.TextOrNull("unit"),
        Text = r.Text("text"),
        TraceId = r.TextOrNull("trace_id"),
    };
}
