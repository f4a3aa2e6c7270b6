using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteTwinStore(SqliteDatabase database) : ITwinStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Twins");

    public Task<Twin?> FindAsync(string sensor, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.First(Sql["Find"], Read, ("name", sensor)), cancellationToken);

    public Task<Twin?> PatchDesiredAsync(string sensor, JsonObject patch, CancellationToken cancellationToken) =>
        PatchAsync(sensor, patch, "PatchDesired", t => t.Desired, (t, json) => t with { Desired = json, DesiredVersion = t.DesiredVersion + 1 }, cancellationToken);

    public Task<Twin?> PatchReportedAsync(string sensor, JsonObject patch, CancellationToken cancellationToken) =>
        PatchAsync(sensor, patch, "PatchReported", t => t.Reported, (t, json) => t with { Reported = json, ReportedVersion = t.ReportedVersion + 1 }, cancellationToken);

    private Task<Twin?> PatchAsync(
        string sensor, JsonObject patch, string statement, Func<Twin, string> part, Func<Twin, string, Twin> with, CancellationToken cancellationToken) => database.WriteAsync(
        s =>
        {
            if (s.First(Sql["Find"], Read, ("name", sensor)) is not { } twin)
            {
                return null;
            }

            var document = JsonNode.Parse(part(twin))!.AsObject();
            TwinJson.Merge(document, patch);
            var json = document.ToJsonString();
            if (Encoding.UTF8.GetByteCount(json) > ITwinStore.MaxBytes)
            {
                return null;
            }

            s.Execute(Sql[statement], ("name", sensor), ("value", json));
            return with(twin, json);
        },
        cancellationToken);

    private static Twin Read(SqliteDataReader r) => new(r.Text("desired"), r.Number("desired_version"), r.Text("reported"), r.Number("reported_version"));
}
