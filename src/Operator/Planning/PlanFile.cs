namespace Culvert.Planning;

/// <summary>One file of a plan.</summary>
/// <param name="Path">Below the plan's folder, with slashes.</param>
/// <param name="Content">Its text; lines end with a line feed.</param>
public sealed record PlanFile(string Path, string Content);
