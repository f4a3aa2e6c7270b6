using System.Diagnostics.Metrics;
using System.Globalization;
using Culvert.Analysis;
using Culvert.Outbox;
using Culvert.Tunnels;
using Culvert.Uplink;
using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

/// <summary>The running sensor: captures and interfaces through the analysis into the outbox, and the uplink that empties it. It opens every connection and listens on nothing.</summary>
internal sealed class SensorProgram(SensorFolder folder, SensorFileSettings file, RunOptions options, CloudFactory clouds, TimeProvider clock, Random random, ILogger logger, IMeterFactory meters, TextWriter output)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);
    private long _delivered;

    /// <summary>Runs until cancelled, or until all is delivered where that was asked. Throws <see cref="SensorException"/> when it cannot start.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var held = folder.Lock();
        var identity = SensorIdentity.Load(folder);
        SensorLog.Started(logger, identity.Activation.Sensor, identity.Activation.Zone, identity.Activation.Site, SensorVersion.Text);
        using var cloud = clouds.Create(identity.Activation, identity.Trust, () => identity.Certificate, file);
        using var metrics = new UplinkMetrics(meters);
        using var outbox = await OpenOutboxAsync(cancellationToken);
        using var outboxMetrics = new OutboxMetrics(meters, outbox);
        var settings = new SettingsKeeper(new SensorSettings(file.BandwidthKbps, file.HeartbeatSeconds, file.Learning), folder.Settings, clock, logger);
        cloud.SetBandwidth(settings.InForce.BandwidthCapKbps);
        var threats = new ThreatShelf(folder.Packages);
        using var packages = new PackageKeeper(
            new PackageKeeperOptions
            {
                Directory = folder.Packages,
                SigningKeyPem = identity.Activation.PackageSigningKeyPem,
                Automatic = identity.Activation.AutomaticThreatIntelligence,
                Install = threats.Install,
            },
            cloud.Access.Client(CloudService.Downloads),
            logger);
        await packages.LoadAsync(cancellationToken);
        var feeds = new ZoneFeeds(file, settings.InForce.Learning, new FeedContext(outbox, file.OutboxBytes, threats, folder.Zones, clock, logger));
        using var sensorMetrics = new SensorMetrics(meters, feeds);
        using var checks = new CheckDesk(folder, identity, cloud, TimeSpan.FromSeconds(file.CheckWhenLostSeconds), clock, logger);
        var parts = new SensorParts
        {
            Folder = folder,
            Identity = identity,
            Cloud = cloud,
            Outbox = outbox,
            Settings = settings,
            Packages = packages,
            Feeds = feeds,
            Checks = checks,
            MaxDevices = new AnalyzerOptions { Zone = "" }.MaxDevices,
        };
        var health = new HealthReporter(parts, clock, logger);
        var uplink = new UplinkRunner(
            new UplinkOptions
            {
                Sensor = identity.Sensor,
                SoftwareVersion = SensorVersion.Text,
                HubAccess = file.HubAccess,
                EventHubsAccess = file.EventHubsAccess,
                KeepAliveAdvice = new KeepAliveLearner(new KeepAliveOptions(), clock, () => cloud.Dialer.Selector.Active?.Name, folder.IdleTimeouts),
            },
            cloud.Access, outbox, settings, packages, new SensorCommandHandler(feeds, health, checks, folder), clock, random, logger, metrics)
        {
            Delivered = batch =>
            {
                Interlocked.Add(ref _delivered, batch.Records.Count);
                if (batch.Stream == RecordStream.Health)
                {
                    checks.Acknowledged(batch.Records[^1].AcceptedAt);
                }
            },
        };
        parts.Uplink = uplink;
        Wire(settings, threats, cloud, feeds);
        var renewal = new CertificateRenewal(folder, identity, cloud.Access, clock, logger);
        await using var telemetry = file.Telemetry ? new SensorTelemetry(cloud.Access, identity.Sensor, TimeSpan.FromSeconds(file.TelemetrySeconds)) : null;
        await RunAsync(parts, health, renewal, cancellationToken);
    }

    private static void Wire(SettingsKeeper settings, ThreatShelf threats, SensorCloud cloud, ZoneFeeds feeds)
    {
        var learning = settings.InForce.Learning;
        settings.Changed = inForce =>
        {
            cloud.SetBandwidth(inForce.BandwidthCapKbps);
            // Only where it changed: an order ends the learning period of the settings file.
            if (inForce.Learning != learning)
            {
                learning = inForce.Learning;
                foreach (var feed in feeds.All)
                {
                    feed.SetLearning(learning);
                }
            }
        };
        threats.Changed = package =>
        {
            foreach (var feed in feeds.All)
            {
                feed.SetPackage(package.Version);
            }
        };
    }

    private async Task RunAsync(SensorParts parts, HealthReporter health, CertificateRenewal renewal, CancellationToken cancellationToken)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var feeding = parts.Feeds.RunAsync(all.Token);
        List<Task> endless =
        [
            parts.Uplink.RunAsync(all.Token), health.RunAsync(all.Token), parts.Checks.RunAsync(() => health.LostSince, all.Token), renewal.RunAsync(all.Token), parts.Cloud.ProbeAsync(all.Token), ShowProgressAsync(parts, all.Token),
        ];
        await output.WriteLineAsync("ready");
        try
        {
            if (await Task.WhenAny([feeding, .. endless]) == feeding)
            {
                await feeding;
                var delivering = options.ExitWhenDelivered ? DeliverAsync(parts, health, all.Token) : Task.Delay(Timeout.InfiniteTimeSpan, clock, all.Token);
                if (await Task.WhenAny([delivering, .. endless]) == delivering)
                {
                    await delivering;
                }
            }
        }
        finally
        {
            await all.CancelAsync();
            await EndAsync([feeding, .. endless]);
        }

        if (options.ExitWhenDelivered)
        {
            // To be stopped is the usual end of a sensor, but not of one that was to deliver first.
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task DeliverAsync(SensorParts parts, HealthReporter health, CancellationToken cancellationToken)
    {
        await health.SendAsync(cancellationToken);
        await parts.Outbox.WaitUntilEmptyAsync(cancellationToken);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"delivered {Interlocked.Read(ref _delivered)} records"));
    }

    // None of the endless ones ends by itself: an exception other than cancellation is a defect, and is shown.
    private static async Task EndAsync(IEnumerable<Task> tasks)
    {
        try
        {
            await Task.WhenAll(tasks);
        }
        catch (OperationCanceledException)
        {
            // That is how they end.
        }
    }

    private async Task<OutboxStore> OpenOutboxAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await OutboxStore.OpenAsync(new OutboxOptions { Directory = folder.Outbox, MaxBytes = file.OutboxBytes }, clock, logger, cancellationToken);
        }
        catch (OutboxException e)
        {
            throw new SensorException(SensorExit.FolderUnusable, e.Message);
        }
    }

    private async Task ShowProgressAsync(SensorParts parts, CancellationToken cancellationToken)
    {
        var last = "";
        using var timer = new PeriodicTimer(ProgressEvery, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var sources = parts.Feeds.All.SelectMany(f => f.Sources).ToList();
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"progress packets {sources.Sum(s => s.Packets)} devices {parts.Feeds.All.Sum(f => f.Devices)} waiting {parts.Outbox.Waiting} delivered {Interlocked.Read(ref _delivered)} route {parts.Cloud.Dialer.Selector.Active?.Name ?? "none"}{(parts.Feeds.Finished ? " finished" : "")}");
            if (line != last)
            {
                await output.WriteLineAsync(line);
                last = line;
            }
        }
    }
}
