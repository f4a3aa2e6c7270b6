namespace Culvert.Storage;

/// <summary>Devices seen by the sensors.</summary>
public interface IDeviceStore
{
    /// <summary>Devices by filter.</summary>
    /// <param name="query">The filter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<DeviceEntry>> QueryAsync(DeviceQuery query, CancellationToken cancellationToken);

    /// <summary>One device, or null.</summary>
    /// <param name="sensor">Its sensor.</param>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<DeviceEntry?> FindAsync(string sensor, string key, CancellationToken cancellationToken);

    /// <summary>What the filters can be set to.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<DeviceFacets> ReadFacetsAsync(CancellationToken cancellationToken);
}
