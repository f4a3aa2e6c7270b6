using System.Text.Json.Nodes;

namespace Culvert.Storage;

/// <summary>Desired and reported properties of the sensors. Patches follow RFC 7396: null removes.</summary>
public interface ITwinStore
{
    /// <summary>Most bytes of UTF-8 that either part may have: 32 KiB, as IoT Hub allows for each.</summary>
    const int MaxBytes = 32 * 1024;

    /// <summary>The twin of a sensor, or null when there is no such sensor.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Twin?> FindAsync(string sensor, CancellationToken cancellationToken);

    /// <summary>Patches the desired part. Null when there is no such sensor or the result would be larger than <see cref="MaxBytes"/>.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Twin?> PatchDesiredAsync(string sensor, JsonObject patch, CancellationToken cancellationToken);

    /// <summary>Patches the reported part. Null when there is no such sensor or the result would be larger than <see cref="MaxBytes"/>.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Twin?> PatchReportedAsync(string sensor, JsonObject patch, CancellationToken cancellationToken);
}
