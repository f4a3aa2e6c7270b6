namespace Culvert.Storage;

/// <summary>The portal's database: one store per aggregate. Safe for use by many threads at once.</summary>
public interface IPortalStore
{
    /// <summary>Sites and their zones.</summary>
    ISiteStore Sites { get; }

    /// <summary>Sensors: onboarding, activation, certificates, connection.</summary>
    ISensorStore Sensors { get; }

    /// <summary>Desired and reported properties of the sensors.</summary>
    ITwinStore Twins { get; }

    /// <summary>What the sensors sent: durable ingest.</summary>
    IIngestStore Ingest { get; }

    /// <summary>Devices seen by the sensors.</summary>
    IDeviceStore Devices { get; }

    /// <summary>Alerts raised by the sensors.</summary>
    IAlertStore Alerts { get; }

    /// <summary>Traffic statistics.</summary>
    ITrafficStore Traffic { get; }

    /// <summary>Health messages and connection history.</summary>
    IHealthStore Health { get; }

    /// <summary>Evidence captures and other blobs.</summary>
    IBlobStore Blobs { get; }

    /// <summary>Packages for the sensors.</summary>
    IPackageStore Packages { get; }

    /// <summary>Users, sign-in codes, API tokens.</summary>
    IUserStore Users { get; }

    /// <summary>Who changed what.</summary>
    IAuditStore Audit { get; }

    /// <summary>The sensors' own traces, metrics and logs, a recent window.</summary>
    ITelemetryStore Telemetry { get; }

    /// <summary>Reports of the sensors' checks of their ways.</summary>
    ICheckStore Checks { get; }

    /// <summary>Settings of the portal itself.</summary>
    ISettingStore Settings { get; }

    /// <summary>Figures of the overview page.</summary>
    IOverviewStore Overview { get; }

    /// <summary>Removal of what is older than its retention.</summary>
    IRetentionStore Retention { get; }

    /// <summary>Brings the schema up to date with numbered migrations; run once before anything else. Safe when several processes do it at once.</summary>
    /// <param name="cancellationToken">Stops between migrations.</param>
    /// <exception cref="InvalidOperationException">A migration failed; the database is as before it.</exception>
    Task MigrateAsync(CancellationToken cancellationToken);
}
