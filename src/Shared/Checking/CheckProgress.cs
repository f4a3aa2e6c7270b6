namespace Culvert.Checking;

/// <summary>Something that a running check has just begun or ended, for people who wait.</summary>
/// <param name="Route">The route, or null for what belongs to none.</param>
/// <param name="What">What is being done, in words.</param>
/// <param name="Done">Parts done.</param>
/// <param name="Total">Parts known of; may grow when a fault is looked into.</param>
public sealed record CheckProgress(string? Route, string What, int Done, int Total);
