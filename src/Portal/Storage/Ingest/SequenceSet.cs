namespace Culvert.Storage;

/// <summary>A set of sequence numbers, held as closed intervals that never touch: exact, and one interval for a stream without gaps.</summary>
public sealed class SequenceSet
{
    private readonly List<(long First, long Last)> _intervals;

    /// <summary>Makes a set out of stored intervals.</summary>
    /// <param name="intervals">Ordered, not touching.</param>
    public SequenceSet(IEnumerable<(long First, long Last)> intervals) => _intervals = [.. intervals];

    /// <summary>The intervals, ordered, not touching.</summary>
    public IReadOnlyList<(long First, long Last)> Intervals => _intervals;

    /// <summary>Adds a number. False when it was there.</summary>
    /// <param name="sequence">The number.</param>
    public bool Add(long sequence)
    {
        // The last interval that starts at or before the number; -1 when all start after it.
        var (low, high) = (0, _intervals.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _intervals[middle].First <= sequence ? (middle + 1, high) : (low, middle);
        }

        var before = low - 1;
        if (before >= 0 && sequence <= _intervals[before].Last)
        {
            return false;
        }

        var touchesBefore = before >= 0 && _intervals[before].Last == sequence - 1;
        var touchesAfter = low < _intervals.Count && _intervals[low].First == sequence + 1;
        switch (touchesBefore, touchesAfter)
        {
            case (true, true):
                _intervals[before] = (_intervals[before].First, _intervals[low].Last);
                _intervals.RemoveAt(low);
                break;
            case (true, false):
                _intervals[before] = (_intervals[before].First, sequence);
                break;
            case (false, true):
                _intervals[low] = (sequence, _intervals[low].Last);
                break;
            default:
                _intervals.Insert(low, (sequence, sequence));
                break;
        }

        return true;
    }
}
