namespace Culvert.Checking;

/// <summary>One thing that was found: where, why, what shows it, and who must do what.</summary>
public sealed record Finding
{
    /// <summary>What it is about.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>The cause from the catalogue; <see cref="Culvert.Cause.None"/> where it has no member for it.</summary>
    public Cause Cause { get; init; }

    /// <summary>How sure hop and cause are.</summary>
    public Confidence Confidence { get; init; } = Confidence.Certain;

    /// <summary>The route; null when it concerns all.</summary>
    public string? Route { get; init; }

    /// <summary>The endpoints that are concerned, as <c>host:port</c>.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];

    /// <summary>Position of the hop on the route, 0 for the nearest; the number of hops means the endpoint; null when it belongs to neither.</summary>
    public int? HopIndex { get; init; }

    /// <summary>Name of the hop, or <c>host:port</c> of the endpoint.</summary>
    public string? Target { get; init; }

    /// <summary>What that hop could not reach, when the fault lies on the stretch after it.</summary>
    public string? Towards { get; init; }

    /// <summary>The stage that failed.</summary>
    public Stage? Stage { get; init; }

    /// <summary>One sentence: what is wrong.</summary>
    public required string Summary { get; init; }

    /// <summary>What was sent and received, in order. No secrets.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>Who must act.</summary>
    public required ActingTeam Actor { get; init; }

    /// <summary>What to do, in that person's words.</summary>
    public required string Remedy { get; init; }
}
