namespace Culvert.Cli;

/// <summary>One case of the suite.</summary>
/// <param name="Group">What it is about.</param>
/// <param name="Name">What the proxy must do, as a short sentence.</param>
/// <param name="Mode">How the proxy stands.</param>
/// <param name="RunAsync">Tries it.</param>
internal sealed record SuiteCase(string Group, string Name, SuiteMode Mode, Func<SuiteSetting, CancellationToken, Task<SuiteOutcome>> RunAsync)
{
    /// <summary>What is to be seen where the proxy does as it must.</summary>
    public string Expected { get; init; } = "as the case says, in time";

    /// <summary>Whether it must have the proxy for itself: it counts what others would do to it.</summary>
    public bool Alone { get; init; }
}
