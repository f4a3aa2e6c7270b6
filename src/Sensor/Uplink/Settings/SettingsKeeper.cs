using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Culvert.Uplink;

/// <summary>Applies the cloud's settings, and takes them back by itself when the heartbeat does not return under them: a bad setting from afar cannot strand a sensor. Thread safe.</summary>
public sealed class SettingsKeeper
{
    /// <summary>Heartbeats that may be missed under new settings before they are taken back.</summary>
    public const int HeartbeatsOnProbation = 3;

    // A slow link needs time to say that it works, however short the heartbeat.
    private static readonly TimeSpan ShortestProbation = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly SensorSettings _local;
    private readonly string _file;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private SettingsState _state;
    private DateTimeOffset _appliedAt;
    private DateTimeOffset? _probationEnds;

    /// <summary>Reads what was in force when the sensor stopped. Settings that were on probation then start it anew.</summary>
    /// <param name="local">The settings where the cloud wants nothing.</param>
    /// <param name="file">Where the state is kept.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logger">The log.</param>
    public SettingsKeeper(SensorSettings local, string file, TimeProvider clock, ILogger logger)
    {
        (_local, _file, _clock, _logger) = (local, file, clock, logger);
        _state = DurableFile.TryReadJson(file, SettingsJson.Default.SettingsState) ?? new SettingsState();
        // A file that lacks a field leaves null in it, whatever its type promises: as good as none, like one with mistakes. The cloud sends them again.
        if (_state.Applied is null || SensorSettings.Check(_state.Applied).Count > 0)
        {
            _state = new SettingsState();
        }

        _appliedAt = clock.GetUtcNow();
        if (_state.Previous is not null)
        {
            _probationEnds = _appliedAt + ProbationOf(InForce);
        }
    }

    /// <summary>Told of the settings whenever they change; set before <see cref="RunAsync"/>.</summary>
    public Action<SensorSettings>? Changed { get; set; }

    /// <summary>The settings in force.</summary>
    public SensorSettings InForce
    {
        get
        {
            lock (_lock)
            {
                return _local.With(_state.Applied);
            }
        }
    }

    /// <summary>The package the cloud wants; null for none.</summary>
    public DesiredPackage? ThreatIntelligence
    {
        get
        {
            lock (_lock)
            {
                return _state.Applied.ThreatIntelligence;
            }
        }
    }

    /// <summary>Version of the desired properties in force, and why a later one is not.</summary>
    public (long? AppliedVersion, string? Error) Report
    {
        get
        {
            lock (_lock)
            {
                return (_state.Version == 0 ? null : _state.Version, _state.Error);
            }
        }
    }

    /// <summary>Takes the desired properties of the twin: checks, keeps and applies them. Returns whether anything is new to report.</summary>
    public bool Take(long version, DesiredProperties desired)
    {
        SensorSettings? changed = null;
        lock (_lock)
        {
            if (version == _state.RefusedVersion || (version == _state.Version && desired == _state.Applied))
            {
                return false;
            }

            var mistakes = SensorSettings.Check(desired);
            if (mistakes.Count > 0)
            {
                var error = string.Join("; ", mistakes);
                UplinkLog.SettingsRefused(_logger, version, error);
                Keep(_state with { RefusedVersion = version, Error = error });
                return true;
            }

            var before = _local.With(_state.Applied);
            var after = _local.With(desired);
            var next = _state with { Version = version, Applied = desired, RefusedVersion = null, Error = null };
            if (after != before)
            {
                // While still on probation, what to go back to stays what last worked.
                next = _state.Previous is null ? next with { Previous = _state.Applied, PreviousVersion = _state.Version } : next;
                _appliedAt = _clock.GetUtcNow();
                _probationEnds = _appliedAt + ProbationOf(after) + ProbationOf(before);
                changed = after;
            }

            // Kept before it is applied: a sensor that dies of a setting comes back on probation, not for good.
            Keep(next);
            UplinkLog.SettingsApplied(_logger, version, after.ToString());
        }

        if (changed is not null)
        {
            Changed?.Invoke(changed);
        }

        return true;
    }

    /// <summary>The cloud acknowledged a health record that was accepted into the outbox at this time: settings older than it have proved themselves.</summary>
    public void HeartbeatAcknowledged(DateTimeOffset acceptedAt)
    {
        lock (_lock)
        {
            if (_probationEnds is not null && acceptedAt >= _appliedAt)
            {
                _probationEnds = null;
                Keep(_state with { Previous = null, PreviousVersion = 0 });
            }
        }
    }

    /// <summary>Watches the probation until cancelled; calls <paramref name="rolledBack"/> after going back.</summary>
    public async Task RunAsync(Action rolledBack, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CheckEvery, _clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (RollBackWhenDue() is { } before)
            {
                Changed?.Invoke(before);
                rolledBack();
            }
        }
    }

    private static TimeSpan ProbationOf(SensorSettings settings)
    {
        var beats = TimeSpan.FromSeconds(settings.HeartbeatSeconds * HeartbeatsOnProbation);
        return beats > ShortestProbation ? beats : ShortestProbation;
    }

    private SensorSettings? RollBackWhenDue()
    {
        lock (_lock)
        {
            if (_probationEnds is not { } ends || _clock.GetUtcNow() < ends || _state.Previous is not { } previous)
            {
                return null;
            }

            var waited = (_clock.GetUtcNow() - _appliedAt).TotalSeconds;
            UplinkLog.SettingsRolledBack(_logger, _state.Version, waited);
            _probationEnds = null;
            Keep(new SettingsState
            {
                Version = _state.PreviousVersion,
                Applied = previous,
                RefusedVersion = _state.Version,
                Error = FormattableString.Invariant($"version {_state.Version} was rolled back: no heartbeat was acknowledged within {waited:0} s of applying it"),
            });
            return _local.With(previous);
        }
    }

    private void Keep(SettingsState state)
    {
        _state = state;
        try
        {
            DurableFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(state, SettingsJson.Default.SettingsState));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // On a full disk the settings hold until the next restart, and the cloud sends them again then.
            UplinkLog.StepFailed(_logger, "Keeping the settings", e.Message);
        }
    }
}
