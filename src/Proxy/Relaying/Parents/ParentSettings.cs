namespace Culvert.Relaying;

/// <summary>A proxy that tunnels are passed on to.</summary>
/// <param name="Hop">The hop; its scheme is <c>http</c> or <c>https</c>.</param>
/// <param name="Priority">Lower is preferred.</param>
/// <param name="Weight">Share among those of one priority.</param>
public sealed record ParentSettings(Hop Hop, int Priority = 1, int Weight = 1);
