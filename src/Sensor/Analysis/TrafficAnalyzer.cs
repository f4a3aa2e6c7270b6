namespace Culvert.Analysis;

/// <summary>Packets of one source in, devices, alerts and traffic statistics out. A pure function of the packets and the options: the same packets give the same records in the same order.</summary>
/// <remarks>Not thread-safe: one thread feeds it. On the steady path, when nothing new is seen, a packet allocates nothing.</remarks>
public sealed partial class TrafficAnalyzer
{
    private readonly IdentityFrames _identities = new();
    private readonly AnalyzerOptions _options;
    private readonly IAnalysisSink _sink;
    private readonly DeviceTable _devices;
    private readonly FlowTable _flows;
    private readonly TrafficTable _traffic;
    private readonly AlertBook _alerts;
    private readonly ScanWatch _scans;
    private readonly Learned _learned = new();
    private long _firstTicks = long.MinValue;
    private bool _learning;
    private bool _learningIsOrdered;

    /// <summary>Makes an analyzer for one source.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit of the options is not positive.</exception>
    public TrafficAnalyzer(AnalyzerOptions options, IAnalysisSink sink)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDevices, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxFlows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxOpenAlerts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TrafficIntervalSeconds, 1);
        (_options, _sink, _learning) = (options, sink, options.Learning);
        _devices = new DeviceTable(options.MaxDevices);
        _flows = new FlowTable(options.MaxFlows);
        _traffic = new TrafficTable(options.Zone, options.TrafficIntervalSeconds, options.MaxTrafficRows, sink);
        _alerts = new AlertBook(options, sink);
        _scans = new ScanWatch();
        Threats = options.ThreatIntelligence;
    }

    /// <summary>Packets processed.</summary>
    public long Packets { get; private set; }

    /// <summary>Bytes on the wire of the packets processed.</summary>
    public long Bytes { get; private set; }

    /// <summary>Packets that broke the rules of their link, network or transport layer, or were cut within them.</summary>
    public long Malformed { get; private set; }

    /// <summary>Devices known.</summary>
    public int Devices => _devices.All.Count;

    /// <summary>Devices that did not fit into the table.</summary>
    public long DevicesRefused => _devices.Refused;

    /// <summary>Time of the last packet; null before the first.</summary>
    public DateTimeOffset? LastPacketAt { get; private set; }

    /// <summary>Threat intelligence in use; may be exchanged between two packets.</summary>
    public ThreatIntelligence Threats { get; set; }

    /// <summary>Learning (true) or operational (false); may be changed between two packets, and then the learning period of the options no longer counts.</summary>
    public bool Learning
    {
        get => _learning;
        set => (_learning, _learningIsOrdered) = (value, true);
    }

    /// <summary>Closes an open alert: the same thing happening again raises a new one. False when it is not open.</summary>
    public bool CloseAlert(string id) => _alerts.Close(id);

    /// <summary>Closes an open alert and takes what it is about as permitted. Gives that as text for <see cref="Permit"/>; null when it is not open or is of a kind that cannot be learned.</summary>
    public string? LearnAlert(string id) => _alerts.Permit(id);

    /// <summary>Takes as permitted what an earlier run learned by <see cref="LearnAlert"/>.</summary>
    public void Permit(IEnumerable<string> learned) => _alerts.PermitBefore(learned);

    /// <summary>Makes devices known that an earlier run found, so that they are not new. For live sources; a capture is read again from its start instead.</summary>
    public void Seed(IEnumerable<DeviceRecord> devices)
    {
        ArgumentNullException.ThrowIfNull(devices);
        foreach (var known in devices)
        {
            _learned.Keys.Add(known.Key);
            _learned.Authorized[known.Key] = known.Authorized;
        }
    }

    /// <summary>Takes one packet.</summary>
    public void Process(in CapturedPacket packet)
    {
        var frame = default(Frame);
        frame.Ticks = packet.Ticks;
        frame.WireLength = packet.OriginalLength;
        Packets++;
        Bytes += packet.OriginalLength;
        LastPacketAt = DeviceRecords.At(packet.Ticks);
        StartAt(packet.Ticks);
        if (!FrameDecoder.TryDecode(packet.LinkType, packet.Data, ref frame))
        {
            Malformed++;
        }

        _traffic.Advance(packet.Ticks);
        var sender = _devices.Sender(frame.SourceMac, frame.Source, frame.HasIp, packet.Ticks);
        if (sender is not null)
        {
            Count(sender, in frame);
        }

        if (frame.HasIp)
        {
            OverIp(in frame, sender);
        }
        else
        {
            OverLink(in frame, sender);
        }

        if (sender is not null)
        {
            Tell(sender, packet.Ticks);
        }
    }

    /// <summary>Tells what has been counted and not yet told: at the end of a capture, or before a pause.</summary>
    public void Flush()
    {
        _traffic.Flush();
        _alerts.Flush();
        foreach (var device in _devices.All)
        {
            if (device.Changed || device.Frames != device.RecordedFrames)
            {
                Record(device);
            }
        }
    }

    private void StartAt(long ticks)
    {
        if (_firstTicks == long.MinValue)
        {
            _firstTicks = ticks;
            _learning = _learningIsOrdered ? _learning : _options.Learning || _options.LearningPeriod > TimeSpan.Zero;
        }
        else if (_learning && !_learningIsOrdered && !_options.Learning && ticks - _firstTicks >= _options.LearningPeriod.Ticks)
        {
            _learning = false;
        }
    }

    private void Count(Device sender, in Frame frame)
    {
        if (sender.Frames == 0)
        {
            sender.Authorized = _learning || _learned.Authorized.GetValueOrDefault(sender.Key);
            if (!_learning && !_learned.Keys.Contains(sender.Key))
            {
                _alerts.Raise(AlertCatalogue.NewAsset, sender, null, 0, frame.Ticks, $"A device that was not seen while learning: {Shown(sender)}.");
            }
        }

        sender.Frames++;
        sender.Bytes += frame.WireLength;
        sender.LastTicks = Math.Max(sender.LastTicks, frame.Ticks);
        sender.FirstTicks = Math.Min(sender.FirstTicks, frame.Ticks);
        if (frame.Vlan >= 0)
        {
            sender.AddVlan(frame.Vlan);
        }
    }

    private void Tell(Device device, long ticks)
    {
        // A device that changes with every packet must not flood the outbox: at most one record a second of the capture's time, the rest at the next.
        if (device.RecordedTicks == long.MinValue || (device.Changed && ticks - device.RecordedTicks >= TimeSpan.TicksPerSecond)
            || ticks - device.RecordedTicks >= _options.RepeatInterval.Ticks)
        {
            Record(device);
        }
    }

    private void Record(Device device)
    {
        device.RecordedTicks = device.LastTicks;
        device.RecordedFrames = device.Frames;
        device.Changed = false;
        _sink.OnDevice(DeviceRecords.Of(device, _options.Zone));
    }

    private static string Shown(Device device) =>
        device.Address.Value == 0 ? device.Mac.ToString() : device.Mac.IsNone ? device.Address.ToString() : $"{device.Address} ({device.Mac})";
}
