namespace Culvert.Outbox;

/// <summary>Why an outbox cannot be opened at all.</summary>
public enum OutboxFailure
{
    /// <summary>Another process has it open.</summary>
    InUse,

    /// <summary>The folder cannot be made, read or written.</summary>
    FolderUnusable,
}

/// <summary>An outbox cannot be opened; trying again will not help until somebody does something.</summary>
public sealed class OutboxException : Exception
{
    /// <summary>Says why.</summary>
    public OutboxException(OutboxFailure reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>Why.</summary>
    public OutboxFailure Reason { get; }
}
