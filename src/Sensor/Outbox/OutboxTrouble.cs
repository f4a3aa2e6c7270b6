namespace Culvert.Outbox;

/// <summary>What keeps the outbox from writing now. It tries again by itself.</summary>
public enum OutboxTrouble
{
    /// <summary>Nothing: all is well.</summary>
    None,

    /// <summary>The disk has no room (ENOSPC, quota). What was accepted is safe; nothing new is accepted until there is room.</summary>
    DiskFull,

    /// <summary>The disk answers with errors or is read-only.</summary>
    DiskFailed,
}
