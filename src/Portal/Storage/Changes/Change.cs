namespace Culvert.Storage;

/// <summary>Something changed; pages and the API's live feed follow it.</summary>
/// <param name="Kind">What.</param>
/// <param name="Sensor">Of which sensor; null when it concerns none.</param>
public readonly record struct Change(ChangeKind Kind, string? Sensor);
