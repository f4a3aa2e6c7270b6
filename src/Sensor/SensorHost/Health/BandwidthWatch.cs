namespace Culvert.SensorHost;

/// <summary>How much of the bandwidth cap was used over the last minute.</summary>
internal sealed class BandwidthWatch(SensorCloud cloud, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Queue<(long At, long Bytes)> _samples = new();

    /// <summary>Takes a sample; at most one a second is needed.</summary>
    public void Observe()
    {
        _samples.Enqueue((clock.GetTimestamp(), cloud.Bandwidth?.BytesSent ?? 0));
        while (_samples.Count > 2 && clock.GetElapsedTime(_samples.Peek().At) > Window)
        {
            _samples.Dequeue();
        }
    }

    /// <summary>The share, 0 to 1; null without cap or before a minute has passed.</summary>
    public double? Share
    {
        get
        {
            if (cloud.Bandwidth is not { } now || !_samples.TryPeek(out var first) || clock.GetElapsedTime(first.At) is var elapsed && elapsed < Window * 0.9)
            {
                return null;
            }

            return (now.BytesSent - first.Bytes) / (now.Kbps * 125.0 * elapsed.TotalSeconds);
        }
    }
}
