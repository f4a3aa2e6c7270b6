namespace Culvert.Storage;

/// <summary>Sites and their zones.</summary>
public interface ISiteStore
{
    /// <summary>All sites with their zones, ordered by name; at most 10,000.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<SiteEntry>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One site, or null.</summary>
    /// <param name="name">Its name; letter case does not matter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<SiteEntry?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Makes a site with its zones; <see cref="StoreOutcome.Conflict"/> when the name is taken.</summary>
    /// <param name="site">The site; its counts are ignored.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> CreateAsync(SiteEntry site, CancellationToken cancellationToken);

    /// <summary>Changes display name, owner and tags.</summary>
    /// <param name="site">The site by its name, with the new values; its zones and counts are ignored.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> UpdateAsync(SiteEntry site, CancellationToken cancellationToken);

    /// <summary>Removes a site and its zones; <see cref="StoreOutcome.Conflict"/> while a sensor belongs to it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Adds a zone, or changes the level of one that is there.</summary>
    /// <param name="site">The site's name.</param>
    /// <param name="zone">The zone; its counts are ignored.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> PutZoneAsync(string site, ZoneEntry zone, CancellationToken cancellationToken);

    /// <summary>Removes a zone; <see cref="StoreOutcome.Conflict"/> while a sensor belongs to it.</summary>
    /// <param name="site">The site's name.</param>
    /// <param name="zone">The zone's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> DeleteZoneAsync(string site, string zone, CancellationToken cancellationToken);
}
