using Culvert.Analysis;

namespace Culvert.SensorHost;

/// <summary>The analysis of a replayed zone, with the orders that reach it between two packets: each is kept with its place, and takes effect at the same place when the replay runs again.
/// Not thread safe: <see cref="ReplayFeed"/> holds the lock.</summary>
internal sealed class OrderedAnalysis(string zone, AnalyzerOptions options, RecordCollector collector, OrderJournal journal, FeedContext context)
{
    private readonly Queue<ZoneOrder> _past = new();
    private readonly List<ZoneOrder> _waiting = [];
    private TrafficAnalyzer? _analyzer;
    private long _committed;
    private (int Devices, long Refused) _atEnd;
    private bool _learning = options.Learning;
    private string _package = options.ThreatIntelligence.Version;
    private volatile bool _finished;

    /// <summary>How many packets were analysed; past the last one once all was said.</summary>
    public long Position { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool Finished => _finished;

    /// <summary>Devices known, also after the end.</summary>
    public int Devices => _analyzer?.Devices ?? _atEnd.Devices;

    /// <summary>Devices that found no room, also after the end.</summary>
    public long DevicesRefused => _analyzer?.DevicesRefused ?? _atEnd.Refused;

    /// <summary>Packets that were cut short or made no sense.</summary>
    public long Malformed => _analyzer?.Malformed ?? 0;

    /// <summary>Begins as the first run did, and drops what is found up to the committed packet.</summary>
    public void Begin(long committed)
    {
        _committed = committed;
        foreach (var order in journal.Read())
        {
            _past.Enqueue(order);
        }

        // What was in force at the very beginning is an order as well: a restart must begin as the first run did.
        if (_past.TryPeek(out var first) && first is { Position: 0, Learning: { } learning, Package: { } package })
        {
            _past.Dequeue();
            (learning, _learning) = (_learning, learning);
            (package, _package) = (_package, package);
            // What is in force now comes after what was.
            Demand(learning, package);
        }
        else
        {
            journal.Append(new ZoneOrder { Learning = _learning, Package = _package });
        }

        _analyzer = new TrafficAnalyzer(options with { Learning = _learning, ThreatIntelligence = FindPackage(_package) }, collector);
        collector.Drops = committed > 0;
    }

    /// <summary>Takes an order: before the next packet, or as the beginning where it has not begun. After the end it is of no use, and dropped.</summary>
    public void Order(ZoneOrder order)
    {
        if (_finished)
        {
            return;
        }

        if (_analyzer is null)
        {
            (_learning, _package) = (order.Learning ?? _learning, order.Package ?? _package);
            return;
        }

        _waiting.Add(order);
    }

    /// <summary>Lets the orders take effect that belong before the next packet.</summary>
    public void TakeOrders()
    {
        while (_past.TryPeek(out var order) && order.Position <= Position)
        {
            Apply(_past.Dequeue());
        }

        if (_waiting.Count > 0 && _past.Count == 0 && Position >= _committed)
        {
            foreach (var order in _waiting)
            {
                KeepAndApply(order);
            }

            _waiting.Clear();
        }
    }

    /// <summary>Analyses one packet. What the analysis throws goes through; the packet counts all the same.</summary>
    public void Process(in CapturedPacket packet)
    {
        Position++;
        collector.Drops = Position <= _committed;
        _analyzer!.Process(in packet);
    }

    /// <summary>Says what is left to say after the last packet.</summary>
    public void Flush()
    {
        Position++;
        collector.Drops = false;
        _analyzer!.Flush();
    }

    /// <summary>Ends it, and frees its memory.</summary>
    public void Finish()
    {
        _atEnd = (Devices, DevicesRefused);
        _analyzer = null;
        _finished = true;
    }

    private void Demand(bool learning, string package)
    {
        var last = _past.Aggregate((Learning: _learning, Package: _package), (now, o) => (o.Learning ?? now.Learning, o.Package ?? now.Package));
        if (learning != last.Learning)
        {
            _waiting.Insert(0, new ZoneOrder { Learning = learning });
        }

        if (package != last.Package)
        {
            _waiting.Insert(0, new ZoneOrder { Package = package });
        }
    }

    private void KeepAndApply(ZoneOrder order)
    {
        try
        {
            var placed = order with { Position = Position };
            journal.Append(placed);
            Apply(placed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SensorLog.NotKept(context.Logger, "an order", e.Message);
        }
    }

    private void Apply(ZoneOrder order)
    {
        if (order.Learning is { } learning)
        {
            (_analyzer!.Learning, _learning) = (learning, learning);
        }

        if (order.Package is { } package)
        {
            (_analyzer!.Threats, _package) = (FindPackage(package), package);
        }

        if (order.LearnAlert is { } learned)
        {
            _analyzer!.LearnAlert(learned);
        }

        if (order.CloseAlert is { } closed)
        {
            _analyzer!.CloseAlert(closed);
        }
    }

    private ThreatIntelligence FindPackage(string version)
    {
        if (context.Threats.Find(version) is { } package)
        {
            return package;
        }

        SensorLog.PackageGone(context.Logger, zone, version);
        return context.Threats.Current;
    }
}
