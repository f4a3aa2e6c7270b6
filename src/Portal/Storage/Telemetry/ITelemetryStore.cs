namespace Culvert.Storage;

/// <summary>The sensors' own traces, metrics and logs: a recent window of each, not an archive.</summary>
public interface ITelemetryStore
{
    /// <summary>Items of one kind that are kept of one sensor.</summary>
    const int MaxPerKind = 2000;

    /// <summary>Adds items and drops the oldest above <see cref="MaxPerKind"/>.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="items">The items.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task AppendAsync(string sensor, IReadOnlyList<TelemetryItem> items, CancellationToken cancellationToken);

    /// <summary>Items of a sensor, newest first.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="kind"><c>trace</c>, <c>metric</c> or <c>log</c>.</param>
    /// <param name="page">Which rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<TelemetryItem>> ListAsync(string sensor, string kind, PageRequest page, CancellationToken cancellationToken);
}
