namespace Culvert.Relaying;

/// <summary>What a session is waiting for.</summary>
internal enum SessionPhase
{
    /// <summary>The client's request; it has a deadline.</summary>
    Request,

    /// <summary>The next hop, whose dialer has deadlines of its own.</summary>
    Dialing,

    /// <summary>Bytes, with the idle time.</summary>
    Moving,

    /// <summary>The client's end after a refusal; it has a deadline.</summary>
    Leaving,
}
