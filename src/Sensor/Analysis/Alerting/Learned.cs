namespace Culvert.Analysis;

/// <summary>What was seen while learning. Bounded: what does not fit is not learned, and so is told later rather than hidden.</summary>
internal sealed class Learned
{
    private const int MaxRules = 262_144;
    private readonly HashSet<(Device, Device, byte)> _functions = [];
    private readonly Dictionary<(Device, Device, byte), (int First, int Last)> _ranges = [];

    /// <summary>Keys of devices that an earlier run knew.</summary>
    public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, bool> Authorized { get; } = new(StringComparer.Ordinal);

    public void Function(Device client, Device server, byte function)
    {
        if (_functions.Count < MaxRules)
        {
            _functions.Add((client, server, function));
        }
    }

    public bool Knows(Device client, Device server, byte function) => _functions.Contains((client, server, function));

    public void Range(Device client, Device server, byte function, int address, int count)
    {
        var key = (client, server, function);
        var last = address + Math.Max(count, 1) - 1;
        if (_ranges.TryGetValue(key, out var range))
        {
            _ranges[key] = (Math.Min(range.First, address), Math.Max(range.Last, last));
        }
        else if (_ranges.Count < MaxRules)
        {
            _ranges.Add(key, (address, last));
        }
    }

    /// <summary>Whether the range lies outside what was learned; false when nothing was.</summary>
    public bool IsOutside(Device client, Device server, byte function, int address, int count, out (int First, int Last) learned) =>
        _ranges.TryGetValue((client, server, function), out learned) && (address < learned.First || address + Math.Max(count, 1) - 1 > learned.Last);
}
