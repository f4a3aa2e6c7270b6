using System.Globalization;

namespace Culvert.Lab;

/// <summary>Runs a scenario while the sensors replay, and proves that no record was lost or doubled.</summary>
internal sealed class ScenarioRun(LabRuntime lab, string capture, Action<string> line)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan CaptureLasts = TimeSpan.FromMinutes(10);

    /// <summary>Runs it; gives what happened.</summary>
    public async Task<ScenarioReport> RunAsync(IReadOnlyList<ScenarioStep> steps, CancellationToken cancellationToken)
    {
        var over = steps.Max(s => s.At + s.Lasts);
        var proof = new AcceptanceTest(lab, capture, withDelivery: true, line);
        var undisturbed = await proof.DeliverAsync(cancellationToken);
        foreach (var sensor in lab.ConnectedSensors)
        {
            await lab.RenewSensorAsync(sensor, cancellationToken);
            await lab.StartSensorAsync(sensor, cancellationToken, capture, Math.Max(0.5, CaptureLasts / (over + TimeSpan.FromSeconds(20))));
        }

        var recoveries = new List<ScenarioRecovery>();
        var started = lab.Clock.GetTimestamp();
        foreach (var step in steps)
        {
            if (step.At - lab.Clock.GetElapsedTime(started) is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, lab.Clock, cancellationToken);
            }

            await lab.BreakAsync(LabFault.Find(step.Fault), step.Host, cancellationToken);
            try
            {
                await Task.Delay(step.Lasts, lab.Clock, cancellationToken);
            }
            finally
            {
                await lab.MendAsync(step.Fault, step.Host, CancellationToken.None);
            }

            var recovery = new ScenarioRecovery(step.Fault, step.Host, step.Lasts.TotalSeconds, await RecoverAsync(cancellationToken));
            recoveries.Add(recovery);
            line(string.Create(CultureInfo.InvariantCulture, $"{recovery.Fault} at {recovery.Host} for {recovery.Lasted:0.0} s: all sensors deliver {(recovery.Seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s:0.0} s after it was mended") : "NOT again")}"));
        }

        var checks = new List<AcceptanceCheck>();
        foreach (var sensor in lab.ConnectedSensors)
        {
            if (lab.ProgramOn(sensor.Name.ToString()) is { } program)
            {
                await program.StopAsync();
            }

            var arrived = await proof.FinishAsync(sensor, cancellationToken);
            var expected = undisturbed[sensor.Name.ToString()];
            checks.Add(new AcceptanceCheck("delivery", $"{sensor.Name} lost and doubled nothing through {steps.Count} faults", arrived.IsWhole && arrived.IsSameAs(expected), $"{arrived}; undisturbed: {expected}"));
            line($"{(checks[^1].Passed ? "ok    " : "FAILED")} {checks[^1].Name}: {checks[^1].Detail}");
        }

        return new ScenarioReport(recoveries, checks);
    }

    // Every sensor has the cloud again: something new of each arrives, or it has nothing left to say.
    private async Task<double?> RecoverAsync(CancellationToken cancellationToken)
    {
        var started = lab.Clock.GetTimestamp();
        var waiting = lab.ConnectedSensors.ToDictionary(s => s, Arrived);
        while (waiting.Count > 0 && lab.Clock.GetElapsedTime(started) < RecoveryLimit)
        {
            foreach (var (sensor, before) in waiting.ToList())
            {
                if (Arrived(sensor) > before || lab.ProgramOn(sensor.Name.ToString())?.Progress is { } progress && progress.Contains("waiting 0 ", StringComparison.Ordinal) && progress.EndsWith("finished", StringComparison.Ordinal))
                {
                    waiting.Remove(sensor);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), lab.Clock, cancellationToken);
        }

        return waiting.Count == 0 ? lab.Clock.GetElapsedTime(started).TotalSeconds : null;
    }

    private long Arrived(SiteSensor sensor) => PortalRecords.Read(lab.PortalFolder(sensor.Cloud!)).Of(sensor.Name.ToString());
}

/// <summary>What a scenario showed.</summary>
/// <param name="Recoveries">Each fault, and how long until all sensors delivered again.</param>
/// <param name="Checks">What arrived in the end.</param>
public sealed record ScenarioReport(IReadOnlyList<ScenarioRecovery> Recoveries, IReadOnlyList<AcceptanceCheck> Checks)
{
    /// <summary>Whether nothing was lost or doubled and everything recovered.</summary>
    public bool Passed => Checks.All(c => c.Passed) && Recoveries.All(r => r.Seconds is not null);
}

/// <summary>One fault and the recovery from it.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Host">Where.</param>
/// <param name="Lasted">Seconds it was in force.</param>
/// <param name="Seconds">Seconds from its end until all sensors delivered; null when they did not.</param>
public sealed record ScenarioRecovery(string Fault, string Host, double Lasted, double? Seconds);
