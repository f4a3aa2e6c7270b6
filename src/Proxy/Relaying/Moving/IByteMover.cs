namespace Culvert.Relaying;

/// <summary>Moves the bytes of an open tunnel, both ways, until it ends: half-close, reset and back-pressure as TCP itself would.</summary>
public interface IByteMover
{
    /// <summary>Moves until both directions have ended or one has broken. Never throws for what the network does. The legs stay the caller's to dispose; aborting both ends it.</summary>
    ValueTask<TunnelEnd> MoveAsync(Leg client, Leg upstream, TunnelFlow flow);
}
