using Culvert.Storage.Sqlite;

namespace Culvert.Storage.Tests;

/// <summary>A fresh database in a folder of its own, with one site, two zones and one sensor.</summary>
public abstract class StoreTest : IAsyncLifetime
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("culvert-store-").FullName;

    protected SqlitePortalStore Store { get; private set; } = null!;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Store = new SqlitePortalStore(Folder);
        await Store.MigrateAsync(Cancelled);
        await Store.Sites.CreateAsync(
            new SiteEntry { Name = "ghent", CreatedAt = TestData.Now, Zones = [new ZoneEntry { Name = "z", PurdueLevel = 2 }, new ZoneEntry { Name = "y", PurdueLevel = 3.5m }] }, Cancelled);
        await AddSensorAsync(TestData.Sensor);
    }

    public ValueTask DisposeAsync()
    {
        Store.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected Task<StoreOutcome> AddSensorAsync(string name, string zone = "z", byte[]? token = null) => Store.Sensors.CreateAsync(
        new NewSensor { Name = new SensorId(name), Site = "ghent", Zone = zone, TokenHash = token ?? Bytes(name), CreatedAt = TestData.Now, TokenExpiresAt = TestData.Now.AddDays(14) }, Cancelled);

    protected Task<IngestOutcome> IngestAsync(params IReadOnlyList<IncomingRecord> records) => Store.Ingest.StoreAsync(records, TestData.Now, Cancelled);

    protected async Task<StreamStatistics> StatisticsAsync(RecordStream stream) =>
        (await Store.Ingest.ListStatisticsAsync(TestData.Sensor, Cancelled)).SingleOrDefault(s => s.Stream == stream) ?? new StreamStatistics { Sensor = TestData.Sensor, Stream = stream };

    protected static byte[] Bytes(string text) => System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
}
