using Culvert.Outbox;
using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>The running parts of the sensor, as the health reporter sees them.</summary>
internal sealed class SensorParts
{
    /// <summary>The data folder.</summary>
    public required SensorFolder Folder { get; init; }

    /// <summary>Who it is.</summary>
    public required SensorIdentity Identity { get; init; }

    /// <summary>The way to the cloud.</summary>
    public required SensorCloud Cloud { get; init; }

    /// <summary>The queue.</summary>
    public required OutboxStore Outbox { get; init; }

    /// <summary>The cloud's settings.</summary>
    public required SettingsKeeper Settings { get; init; }

    /// <summary>The threat-intelligence package.</summary>
    public required PackageKeeper Packages { get; init; }

    /// <summary>The zones.</summary>
    public required ZoneFeeds Feeds { get; init; }

    /// <summary>Most devices of a zone.</summary>
    public required int MaxDevices { get; init; }

    /// <summary>The checks of the ways to the cloud.</summary>
    public required CheckDesk Checks { get; init; }

    /// <summary>What empties the queue; set once, before anything runs.</summary>
    public UplinkRunner Uplink { get; set; } = null!;
}
