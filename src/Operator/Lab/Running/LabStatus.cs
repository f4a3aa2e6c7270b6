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

    /// <summary>How the proxy pools do.</summary>
    public IReadOnlyList<LabPoolStatus> Pools { get; init; } = [];
}

/// <summary>How a proxy pool does.</summary>
/// <param name="Name">The pool.</param>
/// <param name="Members">Its members.</param>
/// <param name="Scaling">What its autoscaler did; null where it has none.</param>
public sealed record LabPoolStatus(string Name, IReadOnlyList<LabMemberStatus> Members, IReadOnlyList<string>? Scaling);

/// <summary>How a member of a pool does.</summary>
/// <param name="Name">Its host.</param>
/// <param name="IsWell">Whether the balancer gives it connections.</param>
/// <param name="Tunnels">Its open tunnels; null where it does not say.</param>
public sealed record LabMemberStatus(string Name, bool IsWell, long? Tunnels);

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
