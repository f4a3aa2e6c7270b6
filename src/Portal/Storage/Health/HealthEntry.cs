namespace Culvert.Storage;

/// <summary>A health record and when it arrived.</summary>
/// <param name="Record">The record.</param>
/// <param name="ReceivedAt">When it arrived, by the portal's clock.</param>
public sealed record HealthEntry(HealthRecord Record, DateTimeOffset ReceivedAt);
