namespace Culvert.Storage;

/// <summary>Whether the cloud hears from a sensor.</summary>
public enum ConnectionState
{
    /// <summary>Never heard from.</summary>
    Never,

    /// <summary>Heard from within its time.</summary>
    Connected,

    /// <summary>Silent for longer than its heartbeat allows.</summary>
    Disconnected,
}
