namespace Culvert.CloudServices;

/// <summary>How an ingest request ended.</summary>
public enum IngestResult
{
    /// <summary>Durable: may be acknowledged.</summary>
    Committed,

    /// <summary>Too many records wait; nothing was taken.</summary>
    Busy,

    /// <summary>The commit failed; nothing of it is stored.</summary>
    Failed,
}
