namespace Culvert.Relaying;

/// <summary>Whether a tunnel could be opened now.</summary>
/// <param name="Well">Whether it could.</param>
/// <param name="Details">What was found, in words.</param>
public sealed record HealthReport(bool Well, string Details);
