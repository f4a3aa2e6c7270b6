namespace Culvert.Tunnels;

/// <summary>One write that waits for its share of the cap.</summary>
internal sealed record BandwidthWaiter(CloudService? Service, int Bytes)
{
    /// <summary>Completed when the bytes may be sent; cancelled when the writer gave up.</summary>
    public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
