namespace Culvert.Lab;

/// <summary>How a proxy misbehaves.</summary>
/// <param name="Name">The fault's name; one of <see cref="BadProxy.Manners"/>.</param>
/// <param name="Value">The fault's value in its base unit; 0 where it takes none.</param>
internal sealed record BadManner(string Name, double Value);
