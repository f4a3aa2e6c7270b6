namespace Culvert.CloudServices;

/// <summary>Who a peer is.</summary>
/// <param name="Outcome">Whether it proved it.</param>
/// <param name="Sensor">The sensor; only when <see cref="AuthenticationOutcome.Proved"/>.</param>
public readonly record struct SensorIdentity(AuthenticationOutcome Outcome, SensorId Sensor)
{
    /// <summary>Whether it proved to be a sensor.</summary>
    public bool IsProved => Outcome == AuthenticationOutcome.Proved;

    /// <summary>A refusal.</summary>
    /// <param name="outcome">Why.</param>
    internal static SensorIdentity Refused(AuthenticationOutcome outcome) => new(outcome, default);
}
