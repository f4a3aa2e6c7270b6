namespace Culvert.Storage;

/// <summary>Reports of checks, the newest of each sensor.</summary>
public interface ICheckStore
{
    /// <summary>Reports of one sensor that are kept.</summary>
    const int MaxPerSensor = 50;

    /// <summary>Longest report, bytes of UTF-8: as much as one message of IoT Hub holds.</summary>
    const int MaxBytes = 256 * 1024;

    /// <summary>Adds a report and drops the oldest above <see cref="MaxPerSensor"/>; one that came before (same sensor, same start) changes nothing. NotFound when there is no such sensor.</summary>
    /// <param name="check">The report.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> AddAsync(CheckEntry check, CancellationToken cancellationToken);

    /// <summary>Reports of a sensor, newest first.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="page">Which rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<CheckEntry>> ListAsync(string sensor, PageRequest page, CancellationToken cancellationToken);
}
