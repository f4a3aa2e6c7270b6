namespace Culvert.Storage;

/// <summary>What is needed to check a sensor's SAS token.</summary>
/// <param name="Key">Symmetric key; null when the sensor has none.</param>
/// <param name="Revoked">Whether the sensor was revoked.</param>
public sealed record SensorKey(byte[]? Key, bool Revoked);
