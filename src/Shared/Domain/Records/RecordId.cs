namespace Culvert;

/// <summary>What makes a record unique for ever: the cloud side stores each id once.</summary>
/// <param name="Sensor">Who sends it.</param>
/// <param name="Stream">Its sequence.</param>
/// <param name="Epoch">Starts anew, larger, when a sensor's outbox is made anew (Unix milliseconds at that moment).</param>
/// <param name="Sequence">From 1 without gaps within (sensor, stream, epoch), but for records dropped when the outbox was full, whose loss is reported.</param>
public readonly record struct RecordId(SensorId Sensor, RecordStream Stream, long Epoch, long Sequence);
