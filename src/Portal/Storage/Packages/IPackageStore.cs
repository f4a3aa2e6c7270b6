namespace Culvert.Storage;

/// <summary>Packages for the sensors, with their contents.</summary>
public interface IPackageStore
{
    /// <summary>Adds a package; <see cref="StoreOutcome.Conflict"/> when the version is there.</summary>
    /// <param name="package">The package.</param>
    /// <param name="content">Its content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> CreateAsync(PackageEntry package, byte[] content, CancellationToken cancellationToken);

    /// <summary>All packages of a kind, newest version first, at most 1000.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<PackageEntry>> ListAsync(string kind, CancellationToken cancellationToken);

    /// <summary>One package, or null.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<PackageEntry?> FindAsync(string kind, string version, CancellationToken cancellationToken);

    /// <summary>A package's content, or null.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<byte[]?> ReadContentAsync(string kind, string version, CancellationToken cancellationToken);

    /// <summary>Removes a package.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> DeleteAsync(string kind, string version, CancellationToken cancellationToken);
}
