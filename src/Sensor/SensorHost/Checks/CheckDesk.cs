using System.Text;
using System.Text.Json;
using Culvert.Checking;
using Culvert.Uplink;
using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

/// <summary>Runs the checks of the ways to the cloud: when the cloud asks, and by itself after the cloud was lost for a while. What they found broken is kept until the cloud has it.</summary>
internal sealed class CheckDesk(SensorFolder folder, SensorIdentity identity, SensorCloud cloud, TimeSpan whenLostFor, TimeProvider clock, ILogger logger) : IDisposable
{
    /// <summary>Longest wait of a command for its report; the cloud gives up after half a minute.</summary>
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(25);
    // While the cloud stays away the checks run again, seldom: they open tunnels at every hop.
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private const int FindingsTold = 4;

    private readonly Checker _checker = new(cloud.Dialer.Dialer, clock);
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _life = new();
    private string? _untold = ReadUntold(folder) is { } report ? Summarize(report) : null;
    private CheckReport? _unsent = ReadUntold(folder);
    private DateTimeOffset? _toldAt;

    /// <summary>What the last checks found broken and the cloud does not know yet; null when there is nothing.</summary>
    public string? Untold
    {
        get
        {
            lock (_gate)
            {
                return _untold;
            }
        }
    }

    /// <summary>The report that goes with the next health record, given once; null when there is none.</summary>
    public JsonElement? TakeUnsent()
    {
        lock (_gate)
        {
            var unsent = _unsent;
            _unsent = null;
            return unsent is null ? null : CheckReportForm.Of(unsent);
        }
    }

    /// <summary>Watches for the loss of the cloud until cancelled.</summary>
    /// <param name="lostSince">Since when no session is open; null while one is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Func<DateTimeOffset?> lostSince, CancellationToken cancellationToken)
    {
        var next = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = clock.GetUtcNow();
            if (lostSince() is { } lost && now - lost >= whenLostFor && now >= next)
            {
                await CheckAsync(cancellationToken);
                next = clock.GetUtcNow() + AgainAfter;
            }
            else if (lostSince() is null)
            {
                next = DateTimeOffset.MinValue;
            }
        }
    }

    /// <summary>Answers the cloud's command with the report; one that takes too long comes with a health record of its own.</summary>
    /// <param name="sendHealth">Sends a health record now.</param>
    /// <param name="cancellationToken">Ends the wait; the check goes on, as it may well be what it does that ended the session.</param>
    public async Task<CommandAnswer> AnswerAsync(Func<CancellationToken, Task> sendHealth, CancellationToken cancellationToken)
    {
        var check = CheckAsync(_life.Token);
        try
        {
            var report = await check.WaitAsync(CommandLimit, clock, cancellationToken);
            // What is broken goes with the health besides: the answer may be lost on the way, and the cloud keeps one of two.
            return new CommandAnswer(200) { Json = Encoding.UTF8.GetBytes(CheckReportForm.Of(report).GetRawText()) };
        }
        catch (TimeoutException)
        {
            _ = SendLateAsync(check, sendHealth);
            return new CommandAnswer(202, $"The checks take longer than {CommandLimit.TotalSeconds:0} s. The report comes when they are done.");
        }
        catch (OperationCanceledException) when (!_life.IsCancellationRequested)
        {
            _ = SendLateAsync(check, sendHealth);
            throw;
        }
    }

    /// <summary>A health record that says it went into the outbox.</summary>
    public void Told(DateTimeOffset at)
    {
        lock (_gate)
        {
            // The outbox notes its times in whole milliseconds.
            _toldAt = _untold is null ? null : _toldAt ?? DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>The cloud acknowledged health records up to one that was accepted at this time.</summary>
    public void Acknowledged(DateTimeOffset acceptedAt)
    {
        lock (_gate)
        {
            if (_untold is null || _toldAt is not { } told || acceptedAt < told)
            {
                return;
            }

            (_untold, _toldAt) = (null, null);
            try
            {
                File.Move(folder.UntoldCheck, folder.FailedCheck, overwrite: true);
            }
            catch (IOException e)
            {
                SensorLog.NotKept(logger, "the report of the checks", e.Message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _life.Cancel();
        _life.Dispose();
        _one.Dispose();
    }

    /// <summary>The worst findings in a few lines.</summary>
    internal static string Summarize(CheckReport report) =>
        $"{report.Outcome} at {report.StartedAt:u}: {string.Join("; ", report.Findings.Where(f => f.Severity == Severity.Fault).Take(FindingsTold).Select(f => $"{f.Summary} ({f.Actor}: {f.Remedy})"))}";

    /// <summary>Whatever came of it was asked for.</summary>
    private async Task SendLateAsync(Task<CheckReport> check, Func<CancellationToken, Task> sendHealth)
    {
        try
        {
            var report = await check;
            lock (_gate)
            {
                _unsent = report;
            }

            await sendHealth(_life.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The sensor stops.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            SensorLog.NotKept(logger, "the report of the checks", e.Message);
        }
    }

    private async Task<CheckReport> CheckAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var request = new CheckRequest
            {
                Sensor = identity.Activation.Sensor,
                Routes = cloud.Routes,
                Endpoints = cloud.Endpoints,
                Trust = identity.Trust,
                Identity = identity.Certificate,
                BandwidthKbps = cloud.Bandwidth?.Kbps ?? 0,
            };
            var report = await _checker.RunAsync(request, new CheckOptions(), null, cancellationToken);
            SensorLog.ChecksRan(logger, Summarize(report));
            if (report.Outcome is CheckOutcome.Impaired or CheckOutcome.NoWay)
            {
                Keep(report);
            }

            return report;
        }
        finally
        {
            _one.Release();
        }
    }

    private void Keep(CheckReport report)
    {
        lock (_gate)
        {
            (_untold, _toldAt, _unsent) = (Summarize(report), null, report);
            try
            {
                DurableFile.Write(folder.UntoldCheck, JsonSerializer.SerializeToUtf8Bytes(report, CheckJson.Default.CheckReport));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                SensorLog.NotKept(logger, "the report of the checks", e.Message);
            }
        }
    }

    private static CheckReport? ReadUntold(SensorFolder folder) => DurableFile.TryReadJson(folder.UntoldCheck, CheckJson.Default.CheckReport);
}
