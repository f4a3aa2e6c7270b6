namespace Culvert.CloudServices;

/// <summary>How a command to a sensor ended.</summary>
public enum MethodOutcome
{
    /// <summary>The sensor answered; see <see cref="MethodResult.Status"/>.</summary>
    Answered,

    /// <summary>The sensor is not connected, or takes no commands.</summary>
    NotConnected,

    /// <summary>No answer within the time.</summary>
    TimedOut,
}

/// <summary>Answer to a command.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Status">The sensor's status, 200 for done; 0 without an answer.</param>
/// <param name="Payload">The sensor's JSON; null without an answer.</param>
public sealed record MethodResult(MethodOutcome Outcome, int Status = 0, string? Payload = null);
