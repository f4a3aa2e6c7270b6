namespace Culvert.Cli;

/// <summary>One case as it went.</summary>
/// <param name="Group">What it is about.</param>
/// <param name="Name">What the proxy must do.</param>
/// <param name="Verdict">Whether it did.</param>
/// <param name="Expected">What was to be seen.</param>
/// <param name="Seen">What was seen.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record SuiteCaseResult(string Group, string Name, SuiteVerdict Verdict, string Expected, string Seen, double Milliseconds);
