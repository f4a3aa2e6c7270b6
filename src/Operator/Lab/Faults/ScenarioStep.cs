namespace Culvert.Lab;

/// <summary>One step of a scenario.</summary>
/// <param name="At">When, from the scenario's beginning.</param>
/// <param name="Fault">The fault's name.</param>
/// <param name="Host">At which host or edge.</param>
/// <param name="Lasts">How long, until it is mended.</param>
/// <param name="Value">The fault's value as people write it; null for its default.</param>
public sealed record ScenarioStep(TimeSpan At, string Fault, string Host, TimeSpan Lasts, string? Value = null);
