namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteSettingStore(SqliteDatabase database) : ISettingStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Settings");

    public Task<SettingEntry?> FindAsync(string name, CancellationToken cancellationToken) => database.ReadAsync(
        s => s.First(Sql["Find"], r => new SettingEntry(r.Text("name"), r.Text("body"), r.Time("changed_at"), r.Text("changed_by")), ("name", name)),
        cancellationToken);

    public Task PutAsync(SettingEntry setting, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Execute(Sql["Put"], ("name", setting.Name), ("body", setting.Body), ("at", setting.ChangedAt), ("by", setting.ChangedBy)),
        cancellationToken);
}
