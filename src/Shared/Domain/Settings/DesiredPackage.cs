namespace Culvert;

/// <summary>The package a sensor is to fetch and apply.</summary>
/// <param name="Version">Its version.</param>
/// <param name="ManifestPath">Path of the signed manifest at the downloads endpoint.</param>
public sealed record DesiredPackage(string Version, string ManifestPath);
