using System.Text.Json;
using Culvert.Outbox;
using Culvert.Uplink;
using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

/// <summary>Says how the sensor is: a health record at every heartbeat and whenever a message comes or goes.</summary>
internal sealed class HealthReporter(SensorParts parts, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    // What changes faster than this is told at the next heartbeat: a flapping link must not fill the outbox with messages about itself.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(5);

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly BandwidthWatch _bandwidth = new(parts.Cloud, clock);
    private DateTimeOffset? _lostSince = clock.GetUtcNow();
    private string _told = "";

    /// <summary>Since when no session is open; null while one is.</summary>
    public DateTimeOffset? LostSince => _lostSince;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? sentAt = null;
        var statusAt = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(LookEvery, clock);
        do
        {
            var now = clock.GetUtcNow();
            _bandwidth.Observe();
            _lostSince = parts.Uplink.IsConnected ? null : _lostSince ?? now;
            var record = await MakeAsync(cancellationToken);
            var key = string.Join('|', record.Messages.Select(m => $"{m.Title}/{m.Level}"));
            var heartbeat = TimeSpan.FromSeconds(parts.Settings.InForce.HeartbeatSeconds);
            if (sentAt is not { } last || now - last >= heartbeat || now < last || (key != _told && now - last >= ShortestInterval))
            {
                if (key != _told)
                {
                    SensorLog.HealthChanged(logger, record.Messages.Count == 0 ? "all is well" : string.Join("; ", record.Messages.Select(m => $"{m.Title} ({m.Detail})")));
                }

                await AppendAsync(record, cancellationToken);
                (_told, sentAt) = (key, now);
            }

            if (now - statusAt >= StatusEvery || now < statusAt)
            {
                WriteStatus(record);
                statusAt = now;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Sends a health record now.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var record = await MakeAsync(cancellationToken);
        await AppendAsync(record, cancellationToken);
        WriteStatus(record);
    }

    private async Task AppendAsync(HealthRecord record, CancellationToken cancellationToken)
    {
        // The checks may have ended after the record was made, and a short loss has no message yet: only what the record says is told.
        if (parts.Checks.Untold is { } untold && record.Messages.Any(m => m.Detail?.Contains(untold[..Math.Min(untold.Length, 200)], StringComparison.Ordinal) == true))
        {
            parts.Checks.Told(clock.GetUtcNow());
        }

        await parts.Outbox.AppendAsync([OutgoingRecord.From(record with { Check = parts.Checks.TakeUnsent() })], null, cancellationToken);
    }

    private async Task<HealthRecord> MakeAsync(CancellationToken cancellationToken)
    {
        var outbox = await parts.Outbox.ReadHealthAsync(cancellationToken);
        var disk = Disk();
        var sources = parts.Feeds.All.SelectMany(f => f.Sources).ToList();
        var fullest = parts.Feeds.All.MaxBy(f => f.Devices + f.DevicesRefused);
        var facts = new HealthFacts
        {
            Now = clock.GetUtcNow(),
            StartedAt = _startedAt,
            IsConnected = parts.Uplink.IsConnected,
            LostSince = _lostSince,
            RecentLosses = parts.Uplink.RecentLosses,
            Endpoints = [.. parts.Cloud.Access.Readings.Endpoints.Select(e => (parts.Cloud.Access[e.Service].Address.ToString(), e))],
            Revocation = parts.Cloud.Access.Readings.Revocation,
            Drift = parts.Cloud.Access.Readings.Clock.Drift,
            Sources = sources,
            Fullest = fullest is null ? default : (fullest.Zone, fullest.Devices, parts.MaxDevices, fullest.DevicesRefused),
            Defects = parts.Feeds.All.Sum(f => f.Defects),
            OutboxTrouble = parts.Outbox.Trouble,
            Repair = parts.Outbox.LastRepair,
            Outbox = outbox,
            Package = parts.Packages.Status,
            Disk = disk,
            CertificateEnds = parts.Identity.NotAfter,
            BandwidthShare = _bandwidth.Share,
            FailedCheck = parts.Checks.Untold,
        };
        return new HealthRecord
        {
            At = facts.Now,
            StartedAt = _startedAt,
            Version = SensorVersion.Text,
            ThreatIntelligenceVersion = parts.Packages.Status.Version,
            Learning = parts.Settings.InForce.Learning,
            Messages = HealthMessages.Of(facts),
            Routes = parts.Cloud.Dialer.Selector.Health(),
            Outbox = outbox,
            Sources = [.. sources.Select(s => s.ToHealth())],
            ClockDriftMilliseconds = facts.Drift?.TotalMilliseconds,
            DeviceCount = parts.Feeds.All.Sum(f => f.Devices),
            WorkingSetBytes = Environment.WorkingSet,
            DiskFreeBytes = disk.Free,
            CertificateExpiresAt = facts.CertificateEnds,
        };
    }

    private (long Free, long Total) Disk()
    {
        try
        {
            var drive = new DriveInfo(parts.Folder.Root);
            return (drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (0, 0);
        }
    }

    private void WriteStatus(HealthRecord record)
    {
        try
        {
            DurableFile.Write(parts.Folder.Status, JsonSerializer.SerializeToUtf8Bytes(record, CulvertJson.Default.HealthRecord));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SensorLog.NotKept(logger, "the status", e.Message);
        }
    }
}
