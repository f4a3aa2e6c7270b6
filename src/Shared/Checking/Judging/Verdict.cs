namespace Culvert.Checking;

/// <summary>Where the fault lies, after everything that was asked.</summary>
/// <param name="Index">The hop, or the number of hops for the endpoint.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Cause">The cause.</param>
/// <param name="Towards">What the hop could not reach, as a name for people; null when the fault is the place itself.</param>
/// <param name="Confidence">How sure that is.</param>
internal sealed record Verdict(int Index, Stage Stage, Cause Cause, string? Towards, Confidence Confidence)
{
    /// <summary>The reason in the words of the one who gave it.</summary>
    public string? Words { get; init; }

    /// <summary>What was asked for, where a question was refused.</summary>
    public HostPort? Question { get; init; }

    /// <summary>Whether it shows an own answer to say so, that a person may want to know.</summary>
    public string? Program { get; init; }
}
