namespace Culvert.Cli;

/// <summary>A verdict and what was seen.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Seen">In words.</param>
internal sealed record SuiteOutcome(SuiteVerdict Verdict, string Seen)
{
    public static SuiteOutcome Pass(string seen) => new(SuiteVerdict.Passed, seen);

    public static SuiteOutcome Fail(string seen) => new(SuiteVerdict.Failed, seen);

    public static SuiteOutcome Skip(string why) => new(SuiteVerdict.NotApplicable, why);

    /// <summary>Passed when the condition holds.</summary>
    public static SuiteOutcome Of(bool isFine, string seen) => isFine ? Pass(seen) : Fail(seen);
}
