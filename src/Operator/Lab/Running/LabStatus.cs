namespace Culvert.Lab;

/// <summary>How a lab does.</summary>
public sealed record LabStatus
{
    /// <summary>The lab's name.</summary>
    public required string Name { get; init; }

    /// <summary>The site's display name.</summary>
    public required string Site { get; init; }

    /// <summary>The hosts.</summary>
    public required IReadOnlyList<LabHostStatus> Hosts { get; init; }

    /// <summary>The faults that are in force now.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>How the private links do.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];
}

/// <summary>How a host does.</summary>
public sealed record LabHostStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required LabHostKind Kind { get; init; }

    /// <summary>The zone it stands in.</summary>
    public required string Zone { get; init; }

    /// <summary>Its addresses.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>What was started on it.</summary>
    public required IReadOnlyList<LabProgramStatus> Programs { get; init; }
}

/// <summary>How a program on a host does.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Runs">Whether it runs.</param>
public sealed record LabProgramStatus(string Name, bool Runs);
