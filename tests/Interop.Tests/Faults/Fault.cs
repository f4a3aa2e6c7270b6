namespace Culvert.Interop.Tests;

/// <summary>One fault that is really built, and what the trace must say of it.</summary>
/// <param name="Name">What is built, in words.</param>
/// <param name="Stage">The stage that must be named; null where the way as a whole is judged.</param>
/// <param name="Hop">The index of the hop that must be named; -1 for the endpoint, -2 for the way as a whole.</param>
/// <param name="Cause">The cause that must be named.</param>
/// <param name="MakeAsync">Builds the fault, dials, and gives the result; its route's length is taken from the trace.</param>
internal sealed record Fault(string Name, Stage? Stage, int Hop, Cause Cause, Func<Task<DialResult>> MakeAsync)
{
    /// <summary>A part of the evidence that must be there; empty for any.</summary>
    public string Evidence { get; init; } = "";

    /// <summary>The name that must be blamed; null for any.</summary>
    public string? Target { get; init; }

    public string Row => $"| {Name} | {(Hop == -2 ? "the way" : Hop == -1 ? "endpoint" : $"hop {Hop + 1}")} | {(Stage is { } stage ? Camel(stage.ToString()) : "-")} | {Cause} |";

    private static string Camel(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
