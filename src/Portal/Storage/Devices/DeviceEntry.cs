namespace Culvert.Storage;

/// <summary>A device as the portal lists it: the latest record, with the first and last seen over all records.</summary>
/// <param name="Sensor">The sensor that sees it.</param>
/// <param name="Site">The sensor's site.</param>
/// <param name="Record">Its latest state; first seen is the earliest ever said, last seen the latest.</param>
/// <param name="UpdatedAt">When its state last arrived.</param>
public sealed record DeviceEntry(string Sensor, string Site, DeviceRecord Record, DateTimeOffset UpdatedAt);
