namespace Culvert.Storage;

/// <summary>A sensor became connected or disconnected.</summary>
/// <param name="At">When it was noticed.</param>
/// <param name="State">What it became.</param>
public sealed record ConnectionChange(DateTimeOffset At, ConnectionState State);
