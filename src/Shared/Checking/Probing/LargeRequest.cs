namespace Culvert.Checking;

/// <summary>What became of a request that fills several packets.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Status">The status of the answer; null when there was none.</param>
/// <param name="Cause">How it ended without an answer.</param>
/// <param name="Words">The same in words.</param>
/// <param name="Elapsed">How long that took.</param>
/// <param name="Small">How long a small request took.</param>
internal sealed record LargeRequest(int Bytes, int? Status, Cause Cause, string Words, TimeSpan Elapsed, TimeSpan Small)
{
    private const int RequestTimeout = 408;
    private const int FastestKbps = 10_000_000;

    // Servers give up on a request that does not become whole after some seconds; a limit on its size is told at once.
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(2);

    /// <summary>Whether the whole request arrived: 408 says that it did not (RFC 9110, section 15.5.9).</summary>
    public bool IsAnswered => Status is not (null or RequestTimeout);

    /// <summary>Whether the way, or the server after waiting for the rest, kept it to itself.</summary>
    public bool IsSwallowed => Status == RequestTimeout || Cause == Cause.NoAnswer
        || (Cause is Cause.ConnectionClosed or Cause.ConnectionReset && Elapsed > GivenUpAfter + (3 * Small));

    /// <summary>The pace upwards, in kbit/s; null when too little time passed to tell.</summary>
    /// <param name="smallMilliseconds">What a small request took.</param>
    public int? PaceBeyond(double smallMilliseconds) =>
        Elapsed.TotalMilliseconds - smallMilliseconds is var extra && extra >= 1 ? (int)Math.Min(Bytes * 8 / extra, FastestKbps) : null;
}
