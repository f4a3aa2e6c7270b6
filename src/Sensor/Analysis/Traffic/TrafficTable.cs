namespace Culvert.Analysis;

/// <summary>Counts who said how much to whom in which protocol, per interval of the capture's time. Rows come out in the order in which they were first seen.</summary>
internal sealed class TrafficTable(string zone, int intervalSeconds, int maxRows, IAnalysisSink sink)
{
    private readonly long _intervalTicks = intervalSeconds * TimeSpan.TicksPerSecond;
    private readonly Dictionary<Key, int> _index = new(4096);
    private readonly List<Row> _rows = new(4096);
    private readonly Dictionary<UInt128, string> _texts = new(1024);
    private long _interval = long.MinValue;
    private long _otherFrames;
    private long _otherBytes;

    /// <summary>Grows by one at each interval: a row index of an older one is void.</summary>
    public int Generation { get; private set; }

    /// <summary>Frames that were summed under "other".</summary>
    public long Overflowed { get; private set; }

    /// <summary>Moves on to the interval of this time; time that goes back stays in the interval in which it is seen.</summary>
    public void Advance(long ticks)
    {
        var interval = ticks / _intervalTicks;
        if (interval > _interval || _interval - interval > 1_000_000)
        {
            Flush();
            _interval = interval;
        }
    }

    /// <summary>The row of a conversation in this interval; -1 when it did not fit.</summary>
    public int RowOf(UInt128 source, UInt128 destination, ProtocolId protocol)
    {
        var key = new Key(source, destination, protocol);
        if (_index.TryGetValue(key, out var row))
        {
            return row;
        }

        if (_rows.Count >= maxRows)
        {
            return -1;
        }

        _index.Add(key, _rows.Count);
        _rows.Add(new Row(key));
        return _rows.Count - 1;
    }

    public void Count(int row, int bytes)
    {
        if (row < 0)
        {
            (_otherFrames, _otherBytes, Overflowed) = (_otherFrames + 1, _otherBytes + bytes, Overflowed + 1);
            return;
        }

        ref var counted = ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows)[row];
        counted.Frames++;
        counted.Bytes += bytes;
    }

    public void Flush()
    {
        var start = DeviceRecords.At(_interval > 0 && _interval < DateTime.MaxValue.Ticks / _intervalTicks ? _interval * _intervalTicks : DateTime.UnixEpoch.Ticks);
        foreach (var row in _rows)
        {
            sink.OnTraffic(Record(start, TextOf(row.Key.Source), TextOf(row.Key.Destination), ProtocolNames.Of(row.Key.Protocol), row.Frames, row.Bytes));
        }

        if (_otherFrames > 0)
        {
            sink.OnTraffic(Record(start, "other", "other", "other", _otherFrames, _otherBytes));
        }

        _rows.Clear();
        _index.Clear();
        (_otherFrames, _otherBytes) = (0, 0);
        if (_texts.Count > 65_536)
        {
            _texts.Clear();
        }

        Generation++;
    }

    /// <summary>A MAC address as a key beside IP addresses: the top 16 bits are a prefix that no IP address here has.</summary>
    public static UInt128 KeyOf(MacAddress mac) => ((UInt128)0xFFFE << 112) | mac.Value;

    private TrafficRecord Record(DateTimeOffset start, string source, string destination, string protocol, long frames, long bytes) => new()
    {
        Zone = zone,
        IntervalStart = start,
        IntervalSeconds = intervalSeconds,
        Source = source,
        Destination = destination,
        Protocol = protocol,
        Frames = frames,
        Bytes = bytes,
    };

    private string TextOf(UInt128 key)
    {
        if (!_texts.TryGetValue(key, out var text))
        {
            text = (key >> 112) == 0xFFFE ? new MacAddress((ulong)key).ToString() : new NetworkAddress(key).ToString();
            _texts.Add(key, text);
        }

        return text;
    }

    private readonly record struct Key(UInt128 Source, UInt128 Destination, ProtocolId Protocol);

    private record struct Row(Key Key)
    {
        public long Frames;
        public long Bytes;
    }
}
