namespace Culvert.Lab;

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
/// <param name="Seconds">Seconds from its end until every sensor delivered; null when one did not.</param>
/// <param name="Sensors">Each sensor by itself.</param>
public sealed record ScenarioRecovery(string Fault, string Host, double Lasted, double? Seconds, IReadOnlyList<SensorRecovery> Sensors);

/// <summary>How a sensor came through a fault.</summary>
/// <param name="Sensor">The sensor.</param>
/// <param name="SinceBegin">Seconds from the fault's beginning until something new arrived; null when nothing did.</param>
/// <param name="WhileItLasted">Whether that was while the fault was in force: it had another way, or the fault did not hinder it.</param>
/// <param name="SinceEnd">Seconds from the fault's end until something new arrived; null when nothing did.</param>
public sealed record SensorRecovery(string Sensor, double? SinceBegin, bool WhileItLasted, double? SinceEnd);
