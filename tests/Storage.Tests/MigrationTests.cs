using Culvert.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Tests;

public sealed class MigrationTests : StoreTest
{
    [Fact]
    public async Task Every_migration_runs_once_in_order_and_again_changes_nothing()
    {
        await AddSensorAsync("kept");
        await Store.MigrateAsync(Cancelled);
        Assert.NotNull(await Store.Sensors.FindAsync("kept", Cancelled));
        var scripts = await ReadScriptsAsync();
        Assert.Equal(scripts.Order(StringComparer.Ordinal), scripts);
        Assert.Equal(scripts.Distinct(), scripts);
        Assert.Contains(scripts, s => s.Contains("0001_places_and_people", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_processes_that_start_at_once_do_not_disturb_each_other()
    {
        var folder = Path.Combine(Folder, "shared");
        using var one = new SqlitePortalStore(folder);
        using var two = new SqlitePortalStore(folder);
        var limit = TestContext.Current.CancellationToken;
        await Task.WhenAll(Task.Run(() => one.MigrateAsync(limit), limit), Task.Run(() => two.MigrateAsync(limit), limit));
        await one.Sites.CreateAsync(new SiteEntry { Name = "s" }, Cancelled);
        Assert.Equal("s", Assert.Single(await two.Sites.ListAsync(Cancelled)).Name);
    }

    [Fact]
    public void The_database_is_for_its_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        foreach (var file in Directory.EnumerateFiles(Folder, "portal.db*"))
        {
#pragma warning disable CA1416 // Skipped above.
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
#pragma warning restore CA1416
        }
    }

    private async Task<List<string>> ReadScriptsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "portal.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(Cancelled);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT ScriptName FROM SchemaVersions ORDER BY SchemaVersionID";
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var scripts = new List<string>();
        while (await reader.ReadAsync(Cancelled))
        {
            scripts.Add(reader.GetString(0));
        }

        return scripts;
    }
}
