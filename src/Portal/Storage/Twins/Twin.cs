namespace Culvert.Storage;

/// <summary>Desired and reported properties of a sensor, as JSON objects without their versions.</summary>
/// <param name="Desired">What the cloud wants: a <see cref="DesiredProperties"/>, and whatever else an official client is given.</param>
/// <param name="DesiredVersion">Grows by one with each change, from 1.</param>
/// <param name="Reported">What the sensor says it has: a <see cref="ReportedProperties"/>, and whatever else an official client reports.</param>
/// <param name="ReportedVersion">Grows by one with each change, from 1.</param>
public sealed record Twin(string Desired, long DesiredVersion, string Reported, long ReportedVersion);
