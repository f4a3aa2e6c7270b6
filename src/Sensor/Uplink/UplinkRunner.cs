using Culvert.Outbox;
using Microsoft.Extensions.Logging;

namespace Culvert.Uplink;

/// <summary>Empties the outbox into the cloud, and carries settings, packages and commands down. One lane for each stream, so that none waits for another.</summary>
public sealed class UplinkRunner
{
    private readonly UplinkOptions _options;
    private readonly CloudAccess _access;
    private readonly SettingsKeeper _settings;
    private readonly PackageKeeper _packages;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly HubLink _hub;
    private readonly TwinExchange _twin;
    private readonly CommandDesk _desk;
    private readonly List<RecordLane> _lanes;

    /// <summary>Puts the uplink together. Nothing is opened before <see cref="RunAsync"/>.</summary>
    public UplinkRunner(
        UplinkOptions options, CloudAccess access, OutboxStore outbox, SettingsKeeper settings, PackageKeeper packages,
        ISensorCommands commands, TimeProvider clock, Random random, ILogger logger, UplinkMetrics metrics)
    {
        (_options, _access, _settings, _packages, _clock, _random) = (options, access, settings, packages, clock, random);
        var host = access[CloudService.IotHub].Address.Host;
        var hub = new HubOptions(
            options.Sensor, options.SoftwareVersion, options.KeepAlive, options.AnswerTimeout,
            options.HubAccess is { } shared ? () => shared.ForHub(host, options.Sensor, clock.GetUtcNow()) : null,
            options.KeepAliveAdvice);
        _hub = new HubLink(hub, access, clock, random, logger, metrics) { Opened = OpenSessionAsync };
        _twin = new TwinExchange(options, settings, packages, logger);
        _desk = new CommandDesk(commands, new FileUploader(access, options.Sensor), outbox, clock, logger);
        packages.Changed = _twin.Signal;

        var events = new EventHubsSender(access.Client(CloudService.EventHubs), options.Sensor, _ => ValueTask.FromResult(options.EventHubsAccess?.ForEventHub(
            $"https://{access[CloudService.EventHubs].Address.Host}/records/publishers/{options.Sensor}", clock.GetUtcNow())));
        var context = new LaneContext(clock, random, logger, metrics, OnDelivered);
        _lanes =
        [
            .. new[] { RecordStream.Alerts, RecordStream.Health, RecordStream.Evidence }
                .Select(stream => new RecordLane(stream, BatchLimits.IotHub, outbox, _hub.SendAsync, context)),
            .. new[] { RecordStream.Inventory, RecordStream.Traffic }
                .Select(stream => new RecordLane(stream, BatchLimits.EventHubs, outbox, (batch, token) => SendEventsAsync(events, batch, token), context)),
        ];
    }

    /// <summary>Told of each batch that the cloud acknowledged.</summary>
    public Action<WaitingBatch>? Delivered { get; set; }

    /// <summary>Whether the MQTT session is open now.</summary>
    public bool IsConnected => _hub.IsOpen;

    /// <summary>How often the session was lost in the last fifteen minutes.</summary>
    public int RecentLosses => _hub.Losses.Recent;

    /// <summary>Runs until cancelled. An exception other than cancellation is a defect.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> tasks =
        [
            _hub.RunAsync(all.Token), _twin.RunAsync(_hub, all.Token), RunPackagesAsync(all.Token), _settings.RunAsync(_twin.Signal, all.Token),
            .. _lanes.Select(lane => lane.RunAsync(all.Token)),
        ];
        // None of them ends by itself: when one does, it failed, and a half-running uplink would hide that.
        await Task.WhenAny(tasks);
        await all.CancelAsync();
        await Task.WhenAll(tasks);
    }

    private async Task OpenSessionAsync(HubSession session, CancellationToken cancellationToken)
    {
        session.MethodCalled = (name, payload) => _desk.CallAsync(name, payload, cancellationToken);
        await _twin.OpenAsync(session, cancellationToken);
    }

    private async Task<SendOutcome> SendEventsAsync(EventHubsSender events, WaitingBatch batch, CancellationToken cancellationToken)
    {
        await _access.Readings.WaitUntilNotRevokedAsync(cancellationToken);
        return await events.SendAsync(batch, cancellationToken);
    }

    private async Task RunPackagesAsync(CancellationToken cancellationToken)
    {
        var retry = new Backoff(_random, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));
        DesiredPackage? settled = null;
        var next = _clock.GetUtcNow();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _clock);
        do
        {
            var desired = _settings.ThreatIntelligence;
            if (!_hub.IsOpen || (desired == settled && _clock.GetUtcNow() < next))
            {
                continue;
            }

            if (await _packages.EnsureAsync(desired, cancellationToken))
            {
                (settled, next) = (desired, _clock.GetUtcNow() + _options.PackageCheckEvery);
                retry.Reset();
            }
            else
            {
                (settled, next) = (desired, _clock.GetUtcNow() + retry.Next());
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private void OnDelivered(WaitingBatch batch)
    {
        if (batch.Stream == RecordStream.Health)
        {
            _settings.HeartbeatAcknowledged(batch.Records[^1].AcceptedAt);
        }

        Delivered?.Invoke(batch);
    }
}
