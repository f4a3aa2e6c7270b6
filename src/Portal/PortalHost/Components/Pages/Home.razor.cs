using System.Globalization;
using Culvert.Storage;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>The overview: what there is, how it is, and which way it takes.</summary>
public partial class Home
{
    private const int MaxOnMap = 200;
    private Overview? _overview;
    private IReadOnlyList<SensorEntry> _sensors = [];
    private IReadOnlyList<SensorEntry> _unwell = [];
    private Dictionary<string, IReadOnlyList<RouteHealth>> _routes = [];

    /// <inheritdoc/>
    protected override bool Shows(Change change) => change.Kind is not (ChangeKind.Users or ChangeKind.Packages);

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        _sensors = (await Store.Sensors.QueryAsync(new SensorQuery { Page = new PageRequest(0, MaxOnMap) }, Ended)).Items;
        _unwell = [.. _sensors.Where(s => s.Health != HealthLevel.Healthy).OrderByDescending(s => s.Health).Take(10)];
        var routes = new Dictionary<string, IReadOnlyList<RouteHealth>>();
        foreach (var sensor in _sensors)
        {
            if (await Store.Health.FindLatestAsync(sensor.Name, Ended) is { } health)
            {
                routes[sensor.Name] = health.Record.Routes;
            }
        }

        _routes = routes;
        _overview = await Store.Overview.ReadAsync(Ended);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(long value, IEnumerable<long> all) =>
        (all.DefaultIfEmpty().Max() is var most && most > 0 ? 100.0 * value / most : 0).ToString("0.#", CultureInfo.InvariantCulture);

    private long Open(AlertSeverity severity) => _overview!.OpenAlerts.GetValueOrDefault(severity);
}
