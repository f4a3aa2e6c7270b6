namespace Culvert.SensorHost;

/// <summary>What a run is asked to do besides its settings.</summary>
/// <param name="ExitWhenDelivered">Whether to stop when all captures are read and the cloud has everything.</param>
internal sealed record RunOptions(bool ExitWhenDelivered);
