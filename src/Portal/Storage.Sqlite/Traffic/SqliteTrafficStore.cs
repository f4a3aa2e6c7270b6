namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteTrafficStore(SqliteDatabase database) : ITrafficStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Traffic");

    public async Task<IReadOnlyList<Conversation>> ListConversationsAsync(TrafficQuery query, CancellationToken cancellationToken) => await database.ReadAsync(
        s => s.Query(
            Sql["Conversations"],
            r => new Conversation(r.Text("zone"), r.Text("source"), r.Text("destination"), r.Text("protocol"), r.Number("frames"), r.Number("bytes")),
            Filter(query)),
        cancellationToken);

    public async Task<IReadOnlyList<ProtocolShare>> ListProtocolsAsync(TrafficQuery query, CancellationToken cancellationToken) => await database.ReadAsync(
        s => s.Query(Sql["Protocols"], r => new ProtocolShare(r.Text("protocol"), r.Number("frames"), r.Number("bytes")), Filter(query)),
        cancellationToken);

    private static (string Name, object? Value)[] Filter(TrafficQuery query) =>
        [("sensor", query.Sensor), ("zone", query.Zone), ("from", query.From), ("to", query.To), ("limit", Math.Clamp(query.Limit, 1, PageRequest.MaxLimit))];
}
