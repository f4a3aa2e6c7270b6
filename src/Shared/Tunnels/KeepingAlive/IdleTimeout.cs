namespace Culvert.Tunnels;

/// <summary>What was learned of one way.</summary>
/// <param name="ShortestCut">The shortest silence after which it was cut.</param>
/// <param name="SeenAt">When that was seen last.</param>
internal sealed record IdleTimeout(TimeSpan ShortestCut, DateTimeOffset SeenAt);
