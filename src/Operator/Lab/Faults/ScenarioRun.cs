using System.Globalization;

namespace Culvert.Lab;

/// <summary>Runs a scenario while the sensors replay, and proves that no record was lost or doubled.</summary>
internal sealed class ScenarioRun(LabRuntime lab, string capture, Action<string> line)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan CaptureLasts = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private readonly List<Task<ScenarioRecovery>> _recoveries = [];

    /// <summary>Runs it; gives what happened.</summary>
    public async Task<ScenarioReport> RunAsync(IReadOnlyList<ScenarioStep> steps, CancellationToken cancellationToken)
    {
        if (lab.Faults.Count > 0)
        {
            throw new LabException($"A scenario begins with a lab without faults, and these are in force: {string.Join("; ", lab.Faults)}. Mend them first: culvert lab mend");
        }

        var over = steps.Max(s => s.At + s.Lasts);
        var proof = new AcceptanceTest(lab, capture, withDelivery: true, line);
        var undisturbed = await proof.DeliverAsync(cancellationToken);
        foreach (var sensor in lab.ConnectedSensors)
        {
            await lab.RenewSensorAsync(sensor, cancellationToken);
            await lab.StartSensorAsync(sensor, cancellationToken, capture, Math.Max(0.25, CaptureLasts / ((over * 1.5) + TimeSpan.FromSeconds(30))));
        }

        line(string.Create(CultureInfo.InvariantCulture, $"{steps.Count} faults in {over.TotalSeconds:0} s, while {lab.ConnectedSensors.Count()} sensors replay"));
        ScenarioRecovery[] recoveries;
        await using (var arrivals = new ScenarioArrivals(lab))
        {
            await PlayAsync(steps, arrivals, cancellationToken);
            recoveries = await Task.WhenAll(_recoveries);
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
            checks.Add(new AcceptanceCheck("delivery", $"{sensor.Name} lost and doubled nothing through {recoveries.Length} faults", arrived.IsWhole && arrived.IsSameAs(expected), $"{arrived}; undisturbed: {expected}"));
            line($"{(checks[^1].Passed ? "ok    " : "FAILED")} {checks[^1].Name}: {checks[^1].Detail}");
        }

        if (recoveries.Select(r => r.Seconds).OfType<double>().Order().ToList() is { Count: > 0 } seconds)
        {
            line(string.Create(CultureInfo.InvariantCulture, $"until all sensors delivered again, from the end of a fault: median {seconds[seconds.Count / 2]:0.0} s, longest {seconds[^1]:0.0} s; while it lasted, {recoveries.Sum(r => r.Sensors.Count(s => s.WhileItLasted))} of {recoveries.Sum(r => r.Sensors.Count)} times a sensor went on"));
        }

        return new ScenarioReport(recoveries, checks);
    }

    // Faults begin and end by the clock, whatever others are in force.
    private async Task PlayAsync(IReadOnlyList<ScenarioStep> steps, ScenarioArrivals arrivals, CancellationToken cancellationToken)
    {
        var made = new Dictionary<int, long>();
        var started = lab.Clock.GetTimestamp();
        // What is to be done next: make a step's fault (its number), or mend it (the number's complement).
        var events = new PriorityQueue<int, TimeSpan>(steps.Select((s, i) => (i, s.At)));
        try
        {
            while (events.TryDequeue(out var next, out var at))
            {
                if (at - lab.Clock.GetElapsedTime(started) is { Ticks: > 0 } wait)
                {
                    await Task.Delay(wait, lab.Clock, cancellationToken);
                }

                var number = next < 0 ? ~next : next;
                var step = steps[number];
                if (next < 0)
                {
                    await lab.MendAsync(step.Fault, FaultPlace.Find(lab.Network, step.Host).Name, cancellationToken);
                    _recoveries.Add(RecoverAsync(step, made[number], lab.Clock.GetTimestamp(), arrivals, cancellationToken));
                    continue;
                }

                try
                {
                    await lab.BreakAsync(new FaultOrder(LabFault.Find(step.Fault), step.Host, step.Value), cancellationToken);
                    made[number] = lab.Clock.GetTimestamp();
                    // From when it is there: on a busy machine that takes a moment.
                    events.Enqueue(~number, lab.Clock.GetElapsedTime(started) + step.Lasts);
                }
                catch (LabException e) when (e is FaultLacksException or FaultNotHereException)
                {
                    line($"left out: {step.Fault} at {step.Host}: {e.Message}");
                }
            }
        }
        finally
        {
            await lab.MendAsync(null, null, CancellationToken.None);
        }
    }

    // Every sensor has the cloud again: something new of each arrives, or it has nothing left to say.
    private async Task<ScenarioRecovery> RecoverAsync(ScenarioStep step, long began, long ended, ScenarioArrivals arrivals, CancellationToken cancellationToken)
    {
        var sensors = lab.ConnectedSensors.Select(s => s.Name.ToString()).ToList();
        var quiet = new HashSet<string>(StringComparer.Ordinal);
        while (sensors.Any(s => !quiet.Contains(s) && arrivals.FirstAfter(s, ended) is null) && lab.Clock.GetElapsedTime(ended) < RecoveryLimit)
        {
            quiet.UnionWith(sensors.Where(arrivals.HasNothingToSay));
            await Task.Delay(Step, lab.Clock, cancellationToken);
        }

        double? Since(long moment, long? until) => until is { } at ? lab.Clock.GetElapsedTime(moment, at).TotalSeconds : null;
        var each = sensors.Select(s =>
        {
            var (first, after) = (arrivals.FirstAfter(s, began), arrivals.FirstAfter(s, ended));
            return new SensorRecovery(s, Since(began, first), first <= ended, Since(ended, after) ?? (quiet.Contains(s) ? 0 : null));
        }).ToList();
        var recovery = new ScenarioRecovery(
            step.Fault, step.Host, lab.Clock.GetElapsedTime(began, ended).TotalSeconds, each.All(s => s.SinceEnd is not null) ? each.Max(s => s.SinceEnd) : null, each);
        line($"{Text(recovery)}: {string.Join(", ", each.Select(Text))}");
        return recovery;
    }

    private static string Text(ScenarioRecovery recovery) => string.Create(CultureInfo.InvariantCulture,
        $"{recovery.Fault} at {recovery.Host} for {recovery.Lasted:0.0} s: all deliver {(recovery.Seconds is { } s ? string.Create(CultureInfo.InvariantCulture, $"{s:0.0} s after it was mended") : "NOT again")}");

    private static string Text(SensorRecovery sensor) => sensor switch
    {
        { WhileItLasted: true, SinceBegin: { } s } => string.Create(CultureInfo.InvariantCulture, $"{sensor.Sensor} while it lasted, {s:0.0} s from its beginning"),
        { SinceBegin: { } s } => string.Create(CultureInfo.InvariantCulture, $"{sensor.Sensor} {s:0.0} s from its beginning"),
        { SinceEnd: not null } => $"{sensor.Sensor} has said all it had",
        _ => $"{sensor.Sensor} not at all",
    };
}
