using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteDeviceStore(SqliteDatabase database) : IDeviceStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Devices");

    public Task<Page<DeviceEntry>> QueryAsync(DeviceQuery query, CancellationToken cancellationToken)
    {
        var direction = query.Descending ? "DESC" : "ASC";
        var order = query.Sort switch
        {
            DeviceSort.Type => "d.type",
            DeviceSort.Vendor => "d.vendor COLLATE NOCASE",
            DeviceSort.Site => "i.name",
            DeviceSort.Zone => "d.zone",
            DeviceSort.PurdueLevel => "d.purdue_level",
            DeviceSort.FirstSeen => "d.first_seen",
            DeviceSort.LastSeen => "d.last_seen",
            _ => "d.name COLLATE NOCASE",
        };
        var filter = Filter(query, null);
        return database.ReadAsync(
            s => new Page<DeviceEntry>(
                s.Query(
                    $"{Sql["Select"]} {Sql["From"]} ORDER BY {order} {direction}, d.id LIMIT @limit OFFSET @offset",
                    Read,
                    [.. filter, ("limit", query.Page.Limit), ("offset", query.Page.Offset)]),
                s.Count($"SELECT COUNT(*) {Sql["From"]}", filter)),
            cancellationToken);
    }

    public Task<DeviceEntry?> FindAsync(string sensor, string key, CancellationToken cancellationToken) => database.ReadAsync(
        s => s.First($"{Sql["Select"]} {Sql["From"]}", Read, Filter(new DeviceQuery { Sensor = sensor }, key)),
        cancellationToken);

    public Task<DeviceFacets> ReadFacetsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        s => new DeviceFacets
        {
            Sites = ReadFacets(s, Sql["Sites"]),
            Zones = ReadFacets(s, Sql["Zones"]),
            Types = ReadFacets(s, Sql["Types"]),
            Vendors = ReadFacets(s, Sql["Vendors"]),
            Protocols = ReadFacets(s, Sql["Protocols"]),
        },
        cancellationToken);

    /// <summary>Values and counts, inside a reading that has begun.</summary>
    /// <param name="session">The reading.</param>
    /// <param name="statement">A statement with the columns value and count.</param>
    internal static List<Facet> ReadFacets(SqliteSession session, string statement) =>
        session.Query(statement, r => new Facet(r.Text("value"), r.Number("count")));

    private static (string Name, object? Value)[] Filter(DeviceQuery query, string? key) =>
    [
        ("sensor", query.Sensor), ("key", key), ("site", query.Site), ("zone", query.Zone), ("type", query.Type), ("vendor", query.Vendor),
        ("authorized", query.Authorized), ("protocol", query.Protocol), ("text", SearchPattern.Containing(query.Text)),
    ];

    private static DeviceEntry Read(SqliteDataReader r) => new(
        r.Text("sensor"),
        r.Text("site"),
        JsonSerializer.Deserialize(r.Text("body"), CulvertJson.Default.DeviceRecord)! with { FirstSeen = r.Time("first_seen"), LastSeen = r.Time("last_seen") },
        r.Time("updated_at"));
}
