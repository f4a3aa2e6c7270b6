namespace Culvert.Planning;

/// <summary>One file of a plan.</summary>
/// <param name="Path">Below the plan's folder, with slashes; begins with the team's folder.</param>
/// <param name="Content">Its text; lines end with a line feed.</param>
public sealed record PlanFile(string Path, string Content)
{
    /// <summary>Who gets it.</summary>
    public PlanTeam Team { get; init; }

    /// <summary>What it is.</summary>
    public PlanFileKind Kind { get; init; }

    /// <summary>The sensor, proxy, firewall, private link or cloud that it belongs to; null where it belongs to none.</summary>
    public string? Host { get; init; }

    /// <summary>The secrets it needs, by the place they are kept in.</summary>
    public IReadOnlyList<PlanSecret> Secrets { get; init; } = [];
}
