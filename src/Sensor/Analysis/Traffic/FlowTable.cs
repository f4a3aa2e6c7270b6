namespace Culvert.Analysis;

/// <summary>The conversations seen last; the oldest makes room for a new one and lends it its memory.</summary>
internal sealed class FlowTable(int limit)
{
    private readonly Dictionary<FlowKey, Flow> _flows = new(Math.Min(limit, 16_384));
    private readonly List<Flow> _ring = new(Math.Min(limit, 16_384));
    private int _oldest;

    /// <summary>Conversations that had to make room.</summary>
    public long Evicted { get; private set; }

    public Flow Get(FlowKey key)
    {
        if (_flows.TryGetValue(key, out var flow))
        {
            return flow;
        }

        if (_ring.Count < limit)
        {
            flow = new Flow();
            _ring.Add(flow);
        }
        else
        {
            flow = _ring[_oldest];
            _oldest = (_oldest + 1) % limit;
            _flows.Remove(flow.Key);
            Evicted++;
        }

        flow.Reset(key);
        _flows.Add(key, flow);
        return flow;
    }
}
