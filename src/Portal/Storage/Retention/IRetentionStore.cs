namespace Culvert.Storage;

/// <summary>Removal of what is older than its retention.</summary>
public interface IRetentionStore
{
    /// <summary>Removes one bounded batch of each kind, in short transactions.</summary>
    /// <param name="limits">How long things are kept.</param>
    /// <param name="at">Now.</param>
    /// <param name="cancellationToken">Stops between transactions.</param>
    /// <returns>Rows removed; call again until 0.</returns>
    Task<long> PruneAsync(RetentionLimits limits, DateTimeOffset at, CancellationToken cancellationToken);
}
