namespace Culvert.Tunnels;

/// <summary>Whose turn it is: a queue for each service, the least served first, alerts before all within their part. Not thread-safe; the limiter's lock guards it.</summary>
internal sealed class FairQueue
{
    // Alerts go first with seven bytes of eight at most while others wait: a flood of them delays the rest and does not stop it.
    private const int AlertShare = 7;
    // What the sensor says of itself gets a quarter of what every other service gets.
    private const int TelemetryWeight = 4;

    private readonly Dictionary<CloudService, Flow> _flows = Enum.GetValues<CloudService>().ToDictionary(s => s, _ => new Flow());
    private readonly Flow _other = new();
    private long _alertsAhead;

    public int Count => _flows.Values.Append(_other).Sum(f => f.Waiting.Count);

    public void Add(BandwidthWaiter waiter)
    {
        var flow = FlowOf(waiter);
        if (flow.Waiting.Count == 0)
        {
            // Whoever was silent has saved nothing up: it starts level with the least served of those that wait.
            var least = Waiting().Select(f => f.Served).DefaultIfEmpty(flow.Served).Min();
            flow.Served = Math.Max(flow.Served, least);
        }

        flow.Waiting.Enqueue(waiter);
    }

    /// <summary>Who is next; null when nobody waits.</summary>
    public BandwidthWaiter? Peek()
    {
        var alerts = _flows[CloudService.IotHub];
        var others = Waiting().Where(f => f != alerts).MinBy(f => f.Served);
        var turn = alerts.Waiting.Count > 0 && (others is null || _alertsAhead < AlertShare * Quantum(others)) ? alerts : others;
        return turn?.Waiting.Peek();
    }

    /// <summary>Takes the one that <see cref="Peek"/> gave away.</summary>
    public void Remove(BandwidthWaiter waiter, bool served)
    {
        var flow = FlowOf(waiter);
        flow.Waiting.Dequeue();
        if (!served)
        {
            return;
        }

        flow.Served += waiter.Service == CloudService.Telemetry ? (long)waiter.Bytes * TelemetryWeight : waiter.Bytes;
        var alerts = _flows[CloudService.IotHub];
        var othersWait = Waiting().Any(f => f != alerts);
        _alertsAhead = flow == alerts && othersWait ? _alertsAhead + waiter.Bytes : 0;
    }

    private static long Quantum(Flow flow) => Math.Max(flow.Waiting.Peek().Bytes, 256);

    private Flow FlowOf(BandwidthWaiter waiter) => waiter.Service is { } service ? _flows[service] : _other;

    private IEnumerable<Flow> Waiting() => _flows.Values.Append(_other).Where(f => f.Waiting.Count > 0);

    private sealed class Flow
    {
        public Queue<BandwidthWaiter> Waiting { get; } = new();

        public long Served { get; set; }
    }
}
