namespace Culvert.Uplink;

/// <summary>What became of a batch.</summary>
internal enum SendResult
{
    /// <summary>The cloud has committed it.</summary>
    Accepted,

    /// <summary>It did not arrive, or nobody knows; to be sent again.</summary>
    TryAgain,

    /// <summary>It arrived, and the cloud says that it will never take it as it is.</summary>
    Malformed,

    /// <summary>It is too large for the cloud in one piece.</summary>
    TooLarge,
}

/// <summary>What became of a batch, and when to try again.</summary>
/// <param name="Result">The outcome.</param>
/// <param name="Sent">How many of its records, from the first, it concerns.</param>
/// <param name="RetryAfter">What the cloud asks for (RFC 9110, section 10.2.3); null for nothing.</param>
/// <param name="Reason">In words, for the log; never a record's content.</param>
internal readonly record struct SendOutcome(SendResult Result, int Sent, TimeSpan? RetryAfter = null, string? Reason = null);
