namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteOverviewStore(SqliteDatabase database) : IOverviewStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Overview");

    public Task<Overview> ReadAsync(CancellationToken cancellationToken) => database.ReadAsync(Read, cancellationToken);

    private static Overview Read(SqliteSession s)
    {
        var sensors = ReadSensors(s);
        var types = SqliteDeviceStore.ReadFacets(s, Sql["DevicesByType"]);
        var records = s.First(Sql["Records"], r => (Stored: r.Number("stored"), Duplicates: r.Number("duplicates"), Dead: r.Number("dead_letters")));
        return new Overview
        {
            Sensors = sensors.Count,
            Connected = sensors.Count(x => x.Connection == ConnectionState.Connected),
            Disconnected = sensors.Count(x => x.Connection == ConnectionState.Disconnected),
            PendingActivation = sensors.Count(x => x.State is SensorState.PendingActivation or SensorState.PendingReactivation),
            SensorsByHealth = sensors.CountBy(x => x.Health).ToDictionary(x => x.Key, x => (long)x.Value),
            Devices = types.Sum(t => t.Count),
            UnauthorizedDevices = s.Count(Sql["Unauthorized"]),
            DevicesByType = types,
            OpenAlerts = SqliteDeviceStore.ReadFacets(s, Sql["BySeverity"]).ToDictionary(f => Enum.Parse<AlertSeverity>(f.Value), f => f.Count),
            OpenAlertsByEngine = SqliteDeviceStore.ReadFacets(s, Sql["ByEngine"]).ToDictionary(f => Enum.Parse<AlertEngine>(f.Value), f => f.Count),
            Records = records.Stored,
            Duplicates = records.Duplicates,
            DeadLetters = records.Dead,
            Sites = SqliteSiteStore.ReadAll(s),
        };
    }

    private static List<SensorEntry> ReadSensors(SqliteSession s)
    {
        var sensors = new List<SensorEntry>();
        while (true)
        {
            var page = SqliteSensorStore.ReadPage(s, new SensorQuery { Page = new PageRequest(sensors.Count, PageRequest.MaxLimit) });
            sensors.AddRange(page.Items);
            if (page.Items.Count < PageRequest.MaxLimit)
            {
                return sensors;
            }
        }
    }
}
