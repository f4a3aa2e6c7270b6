namespace Culvert;

/// <summary>What happened while a tunnel was opened: per hop and stage the time taken, the outcome, the cause.</summary>
public sealed record Trace
{
    /// <summary>The route taken.</summary>
    public required string Route { get; init; }

    /// <summary>The names of the hops of the route, nearest first.</summary>
    public IReadOnlyList<string> Hops { get; init => field = value ?? []; } = [];

    /// <summary>Where the tunnel was to lead.</summary>
    public required string Destination { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The stages in the order they ended.</summary>
    public required IReadOnlyList<TraceStep> Steps { get; init; }

    /// <summary>The step that failed; null when the tunnel opened.</summary>
    public TraceStep? Failure => Steps.FirstOrDefault(s => s.Cause != Cause.None && s.Cause != Cause.CredentialsUnnecessary);

    /// <summary>Whether the tunnel opened.</summary>
    public bool Succeeded => Failure is null;

    /// <summary>From the start to the last step's end.</summary>
    public TimeSpan Elapsed => Steps.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Elapsed);
}
