namespace Culvert.Storage.Sqlite;

/// <summary>The portal's database in one SQLite file, its blobs in files beside it.</summary>
public sealed class SqlitePortalStore : IPortalStore, IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly string _folder;

    /// <summary>Names the folder; nothing is opened yet.</summary>
    /// <param name="folder">Where <c>portal.db</c> and the folder <c>blobs</c> are, or will be made.</param>
    public SqlitePortalStore(string folder)
    {
        _folder = folder;
        _database = new SqliteDatabase(Path.Combine(folder, "portal.db"));
        var blobs = new SqliteBlobStore(_database, new BlobFolder(Path.Combine(folder, "blobs")));
        Sites = new SqliteSiteStore(_database);
        Sensors = new SqliteSensorStore(_database);
        Twins = new SqliteTwinStore(_database);
        Ingest = new SqliteIngestStore(_database);
        Devices = new SqliteDeviceStore(_database);
        Alerts = new SqliteAlertStore(_database);
        Traffic = new SqliteTrafficStore(_database);
        Health = new SqliteHealthStore(_database);
        Blobs = blobs;
        Packages = new SqlitePackageStore(_database);
        Users = new SqliteUserStore(_database);
        Audit = new SqliteAuditStore(_database);
        Telemetry = new SqliteTelemetryStore(_database);
        Checks = new SqliteCheckStore(_database);
        Settings = new SqliteSettingStore(_database);
        Overview = new SqliteOverviewStore(_database);
        Retention = new SqliteRetentionStore(_database, blobs);
    }

    /// <inheritdoc/>
    public ISiteStore Sites { get; }

    /// <inheritdoc/>
    public ISensorStore Sensors { get; }

    /// <inheritdoc/>
    public ITwinStore Twins { get; }

    /// <inheritdoc/>
    public IIngestStore Ingest { get; }

    /// <inheritdoc/>
    public IDeviceStore Devices { get; }

    /// <inheritdoc/>
    public IAlertStore Alerts { get; }

    /// <inheritdoc/>
    public ITrafficStore Traffic { get; }

    /// <inheritdoc/>
    public IHealthStore Health { get; }

    /// <inheritdoc/>
    public IBlobStore Blobs { get; }

    /// <inheritdoc/>
    public IPackageStore Packages { get; }

    /// <inheritdoc/>
    public IUserStore Users { get; }

    /// <inheritdoc/>
    public IAuditStore Audit { get; }

    /// <inheritdoc/>
    public ITelemetryStore Telemetry { get; }

    /// <inheritdoc/>
    public ICheckStore Checks { get; }

    /// <inheritdoc/>
    public ISettingStore Settings { get; }

    /// <inheritdoc/>
    public IOverviewStore Overview { get; }

    /// <inheritdoc/>
    public IRetentionStore Retention { get; }

    /// <inheritdoc/>
    public Task MigrateAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var path = Path.Combine(_folder, "portal.db");
        if (!File.Exists(path) && !OperatingSystem.IsWindows())
        {
            // It holds password hashes and symmetric keys; SQLite gives its -wal and -shm files the same mode.
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }

        return SqliteMigrations.RunAsync(_database, Path.Combine(_folder, "migrate.lock"), cancellationToken);
    }

    /// <summary>Closes the database.</summary>
    public void Dispose() => _database.Dispose();
}
