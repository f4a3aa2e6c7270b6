namespace Culvert.Storage;

/// <summary>Sensors: onboarding, activation, certificates, revocation, connection state.</summary>
public interface ISensorStore
{
    /// <summary>Sensors by filter.</summary>
    /// <param name="query">The filter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<SensorEntry>> QueryAsync(SensorQuery query, CancellationToken cancellationToken);

    /// <summary>One sensor, or null.</summary>
    /// <param name="name">Its name, exactly.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<SensorEntry?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Onboards a sensor; <see cref="StoreOutcome.Conflict"/> when the name is taken, <see cref="StoreOutcome.NotFound"/> when site or zone is not there.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> CreateAsync(NewSensor sensor, CancellationToken cancellationToken);

    /// <summary>Replaces the sensor's enrolment token; a revoked sensor may come back by it.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="tokenHash">SHA-256 of the new token.</param>
    /// <param name="at">Now.</param>
    /// <param name="expiresAt">When the new token expires.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> ReplaceTokenAsync(string name, byte[] tokenHash, DateTimeOffset at, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Moves a sensor to another zone of any site, or changes whether packages go to it by themselves.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="site">Its site from now on.</param>
    /// <param name="zone">Its zone from now on.</param>
    /// <param name="automaticThreatIntelligence">Whether packages go to it as they come.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> UpdateAsync(string name, string site, string zone, bool automaticThreatIntelligence, CancellationToken cancellationToken);

    /// <summary>Exchanges a token for a certificate: checks and registers in one transaction.</summary>
    /// <param name="exchange">Token and certificate.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<TokenOutcome> ExchangeTokenAsync(TokenExchange exchange, CancellationToken cancellationToken);

    /// <summary>Registers a renewed certificate; <see cref="StoreOutcome.Conflict"/> when the sensor was revoked.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> AddCertificateAsync(CertificateEntry certificate, CancellationToken cancellationToken);

    /// <summary>The certificate with this serial number, or null when the portal never issued it.</summary>
    /// <param name="serial">Upper-case hex.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<CertificateEntry?> FindCertificateAsync(string serial, CancellationToken cancellationToken);

    /// <summary>Certificates of a sensor, newest first, at most 100.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<CertificateEntry>> ListCertificatesAsync(string name, CancellationToken cancellationToken);

    /// <summary>Notes the first use of a certificate; from then on its token is spent for every key.</summary>
    /// <param name="serial">Upper-case hex.</param>
    /// <param name="at">Now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task NoteCertificateUseAsync(string serial, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Takes the sensor's identity away: its certificates, tokens and symmetric key are void at once.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="at">Now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> RevokeAsync(string name, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Revokes and removes a sensor from all lists; its devices and alerts go with it. Its name may be used again.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="at">Now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> DeleteAsync(string name, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Gives the sensor a symmetric key (official Azure IoT clients), or takes it away.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="key">The key; null takes it away.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<StoreOutcome> SetSymmetricKeyAsync(string name, byte[]? key, CancellationToken cancellationToken);

    /// <summary>The key of a sensor, or null when there is no such sensor.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<SensorKey?> FindKeyAsync(string name, CancellationToken cancellationToken);

    /// <summary>Notes that the cloud heard from a sensor. True when that made it Connected.</summary>
    /// <param name="name">The sensor.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<bool> NoteContactAsync(string name, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Marks as Disconnected every Connected sensor that was silent for three of its heartbeats and at least <paramref name="minimum"/>.</summary>
    /// <param name="at">Now.</param>
    /// <param name="minimum">Silence that is always allowed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The sensors that became Disconnected.</returns>
    Task<IReadOnlyList<string>> MarkSilentAsync(DateTimeOffset at, TimeSpan minimum, CancellationToken cancellationToken);
}
