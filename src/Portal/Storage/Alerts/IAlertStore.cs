namespace Culvert.Storage;

/// <summary>Alerts raised by the sensors.</summary>
public interface IAlertStore
{
    /// <summary>Alerts by filter; <see cref="AlertEntry.Evidence"/> is not filled.</summary>
    /// <param name="query">The filter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<AlertEntry>> QueryAsync(AlertQuery query, CancellationToken cancellationToken);

    /// <summary>One alert with its evidence, or null.</summary>
    /// <param name="sensor">Its sensor.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<AlertEntry?> FindAsync(string sensor, string id, CancellationToken cancellationToken);

    /// <summary>Sets the status of an alert.</summary>
    /// <param name="sensor">Its sensor.</param>
    /// <param name="id">Its id.</param>
    /// <param name="status">The status.</param>
    /// <param name="by">Who sets it.</param>
    /// <param name="at">Now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> SetStatusAsync(string sensor, string id, AlertStatus status, string by, DateTimeOffset at, CancellationToken cancellationToken);
}
