namespace Culvert;

/// <summary>One thing that is, or is not, well with a sensor. Titles are those of docs/operations/health-messages.md.</summary>
public sealed record HealthMessage
{
    /// <summary>How it is to be taken.</summary>
    public required HealthLevel Level { get; init; }

    /// <summary>As "No traffic detected".</summary>
    public required string Title { get; init; }

    /// <summary>The cause with its values, naming the cloud endpoint or interface concerned.</summary>
    public string? Detail { get; init; }

    /// <summary>What to do.</summary>
    public string? Recommendation { get; init; }
}
