namespace Culvert.Storage;

/// <summary>Figures of the overview page.</summary>
public interface IOverviewStore
{
    /// <summary>Reads them all in one consistent view.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Overview> ReadAsync(CancellationToken cancellationToken);
}
