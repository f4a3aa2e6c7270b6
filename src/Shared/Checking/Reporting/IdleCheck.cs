namespace Culvert.Checking;

/// <summary>How much silence a way bears.</summary>
/// <param name="Survived">The longest silence after which the tunnel still carried.</param>
/// <param name="CutAfter">The shortest silence after which it did not; null when none tried was too long.</param>
/// <param name="Silently">Whether the cut could be noticed only by sending: nobody closed the connection.</param>
public sealed record IdleCheck(TimeSpan Survived, TimeSpan? CutAfter, bool Silently);
