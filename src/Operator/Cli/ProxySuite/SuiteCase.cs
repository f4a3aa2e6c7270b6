namespace Culvert.Cli;

/// <summary>One case of the suite.</summary>
/// <param name="Group">What it is about.</param>
/// <param name="Name">What the proxy must do, as a short sentence.</param>
/// <param name="Mode">How the proxy stands.</param>
/// <param name="RunAsync">Tries it.</param>
internal sealed record SuiteCase(string Group, string Name, SuiteMode Mode, Func<SuiteSetting, CancellationToken, Task<SuiteOutcome>> RunAsync);
