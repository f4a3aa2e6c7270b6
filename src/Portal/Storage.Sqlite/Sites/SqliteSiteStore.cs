using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteSiteStore(SqliteDatabase database) : ISiteStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Sites");

    public async Task<IReadOnlyList<SiteEntry>> ListAsync(CancellationToken cancellationToken) => await database.ReadAsync(ReadAll, cancellationToken);

    public Task<SiteEntry?> FindAsync(string name, CancellationToken cancellationToken) => database.ReadAsync(
        s => s.First(Sql["Find"], r => (Id: r.Number("id"), Site: Read(r)), ("name", name)) is { Site: { } site, Id: var id }
            ? site with { Zones = [.. ReadZones(s, id).Select(z => z.Zone)] }
            : null,
        cancellationToken);

    public Task<StoreOutcome> CreateAsync(SiteEntry site, CancellationToken cancellationToken) => database.WriteAsync(
        s =>
        {
            if (s.Execute(
                Sql["Create"],
                ("name", site.Name), ("displayName", site.DisplayName), ("owner", site.Owner), ("tags", WriteTags(site)), ("createdAt", site.CreatedAt)) == 0)
            {
                return StoreOutcome.Conflict;
            }

            foreach (var zone in site.Zones)
            {
                s.Execute(Sql["PutZone"], ("site", site.Name), ("zone", zone.Name), ("level", zone.PurdueLevel));
            }

            return StoreOutcome.Done;
        },
        cancellationToken);

    public Task<StoreOutcome> UpdateAsync(SiteEntry site, CancellationToken cancellationToken) => database.WriteAsync(
        s => Done(s.Execute(Sql["Update"], ("name", site.Name), ("displayName", site.DisplayName), ("owner", site.Owner), ("tags", WriteTags(site)))),
        cancellationToken);

    public Task<StoreOutcome> DeleteAsync(string name, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Count(Sql["CountSensors"], ("site", name), ("zone", null)) > 0 ? StoreOutcome.Conflict : Done(s.Execute(Sql["Delete"], ("name", name))),
        cancellationToken);

    public Task<StoreOutcome> PutZoneAsync(string site, ZoneEntry zone, CancellationToken cancellationToken) => database.WriteAsync(
        s => Done(s.Execute(Sql["PutZone"], ("site", site), ("zone", zone.Name), ("level", zone.PurdueLevel))),
        cancellationToken);

    public Task<StoreOutcome> DeleteZoneAsync(string site, string zone, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Count(Sql["CountSensors"], ("site", site), ("zone", zone)) > 0
            ? StoreOutcome.Conflict
            : Done(s.Execute(Sql["DeleteZone"], ("site", site), ("zone", zone))),
        cancellationToken);

    /// <summary>All sites with their zones, inside a reading that has begun.</summary>
    /// <param name="session">The reading.</param>
    internal static IReadOnlyList<SiteEntry> ReadAll(SqliteSession session)
    {
        var zones = ReadZones(session, null).ToLookup(z => z.SiteId, z => z.Zone);
        return session.Query(Sql["List"], r => Read(r) with { Zones = [.. zones[r.Number("id")]] });
    }

    private static List<(long SiteId, ZoneEntry Zone)> ReadZones(SqliteSession session, long? siteId) => session.Query(
        Sql["ListZones"],
        r => (r.Number("site_id"), new ZoneEntry
        {
            Name = r.Text("name"),
            PurdueLevel = r.LevelOrNull("purdue_level"),
            Sensors = r.Number("sensors"),
            Devices = r.Number("devices"),
            OpenAlerts = r.Number("alerts"),
        }),
        ("siteId", siteId));

    private static SiteEntry Read(SqliteDataReader r) => new()
    {
        Name = r.Text("name"),
        DisplayName = r.Text("display_name") is { Length: > 0 } shown ? shown : r.Text("name"),
        Owner = r.Text("owner"),
        Tags = JsonSerializer.Deserialize(r.Text("tags"), StoreJson.Default.DictionaryStringString) ?? [],
        CreatedAt = r.Time("created_at"),
    };

    private static string WriteTags(SiteEntry site) => JsonSerializer.Serialize(new Dictionary<string, string>(site.Tags), StoreJson.Default.DictionaryStringString);

    private static StoreOutcome Done(int rows) => rows == 0 ? StoreOutcome.NotFound : StoreOutcome.Done;
}
