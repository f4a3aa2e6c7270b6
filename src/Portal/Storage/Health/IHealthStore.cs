namespace Culvert.Storage;

/// <summary>Health records and connection history.</summary>
public interface IHealthStore
{
    /// <summary>Health records of one sensor that are kept: the newest 2,000 (five and a half hours at a heartbeat of ten seconds).</summary>
    const int MaxPerSensor = 2000;

    /// <summary>The latest health of a sensor (by epoch and sequence), or null before the first.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<HealthEntry?> FindLatestAsync(string sensor, CancellationToken cancellationToken);

    /// <summary>Health records of a sensor, newest first.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="page">Which rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<HealthEntry>> ListAsync(string sensor, PageRequest page, CancellationToken cancellationToken);

    /// <summary>When the sensor became connected and disconnected, newest first.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="page">Which rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<ConnectionChange>> ListConnectionsAsync(string sensor, PageRequest page, CancellationToken cancellationToken);
}
