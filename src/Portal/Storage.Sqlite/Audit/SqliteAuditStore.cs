using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteAuditStore(SqliteDatabase database) : IAuditStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Audit");

    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Execute(
            Sql["Append"],
            ("at", entry.At), ("actor", entry.Actor), ("action", entry.Action), ("subject", entry.Subject), ("detail", entry.Detail), ("address", entry.Address)),
        cancellationToken);

    public Task<Page<AuditEntry>> QueryAsync(string? text, PageRequest page, CancellationToken cancellationToken) => database.ReadAsync(
        s => new Page<AuditEntry>(
            s.Query(Sql["List"], Read, ("text", SearchPattern.Containing(text)), ("limit", page.Limit), ("offset", page.Offset)),
            s.Count(Sql["Count"], ("text", SearchPattern.Containing(text)))),
        cancellationToken);

    private static AuditEntry Read(SqliteDataReader r) => new()
    {
        Id = r.Number("id"),
        At = r.Time("at"),
        Actor = r.Text("actor"),
        Action = r.Text("action"),
        Subject = r.Text("subject"),
        Detail = r.Text("detail"),
        Address = r.TextOrNull("address"),
    };
}
