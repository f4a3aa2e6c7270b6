using Culvert.Analysis;
using SharpPcap;
using SharpPcap.LibPcap;

namespace Culvert.SensorHost;

/// <summary>Analyses what arrives at the mirror ports of one zone. An interface that is not there, or may not be read, is tried again; the others go on.</summary>
internal sealed class LiveFeed : IZoneFeed
{
    /// <summary>What a process needs to read an interface.</summary>
    public const string Rights = "reading an interface needs the capability CAP_NET_RAW (setcap cap_net_raw+ep culvert-sensor, or AmbientCapabilities=CAP_NET_RAW in its unit) or root, and libpcap";

    private const int EvidenceBytes = 16 * 1024 * 1024;
    private const int KernelBufferBytes = 32 * 1024 * 1024;
    private const int ReadTimeoutMilliseconds = 250;
    private const int PacketsPerTurn = 1024;
    private static readonly TimeSpan CommitEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly FeedContext _context;
    private readonly TrafficAnalyzer _analyzer;
    private readonly RecordCollector _collector;
    private readonly ZoneMemory _memory;
    private readonly PacketRing _ring = new(EvidenceBytes);
    private readonly Lock _gate = new();

    /// <summary>Prepares the sources of a zone, all of them interfaces.</summary>
    public LiveFeed(string zone, IReadOnlyList<SensorSource> sources, AnalyzerOptions options, FeedContext context)
    {
        (Zone, _context) = (zone, context);
        Sources = [.. sources.Select(s => new SourceState(s))];
        _memory = new ZoneMemory(context.Folder, zone);
        _collector = new RecordCollector(zone) { DeviceSeen = _memory.Remember };
        var left = options.LearningPeriod - (_memory.Since is { } since ? context.Clock.GetUtcNow() - since : TimeSpan.Zero);
        _analyzer = new TrafficAnalyzer(options with { LearningPeriod = left > TimeSpan.Zero ? left : TimeSpan.Zero }, _collector);
        _analyzer.Seed([.. _memory.Devices]);
        _analyzer.Permit(_memory.Learned);
    }

    /// <inheritdoc/>
    public string Zone { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SourceState> Sources { get; }

    /// <inheritdoc/>
    public int Devices => _analyzer.Devices;

    /// <inheritdoc/>
    public long DevicesRefused => _analyzer.DevicesRefused;

    /// <inheritdoc/>
    public long Defects { get; private set; }

    /// <inheritdoc/>
    public bool Finished => false;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var readers = Sources.Select(s => ReadInterfaceAsync(s, cancellationToken)).ToList();
        using var timer = new PeriodicTimer(CommitEvery, _context.Clock);
        var keptAt = _context.Clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await CommitAsync(cancellationToken);
                if (_context.Clock.GetElapsedTime(keptAt) >= KeepEvery)
                {
                    Keep();
                    keptAt = _context.Clock.GetTimestamp();
                }
            }
        }
        finally
        {
            await Task.WhenAll(readers);
            lock (_gate)
            {
                _analyzer.Flush();
            }

            // The last words, with the process already stopping: a bounded try.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), _context.Clock);
            await CommitAsync(limit.Token);
            Keep();
        }
    }

    /// <inheritdoc/>
    public void SetLearning(bool learning)
    {
        lock (_gate)
        {
            _analyzer.Learning = learning;
        }
    }

    /// <inheritdoc/>
    public void SetPackage(string version)
    {
        lock (_gate)
        {
            _analyzer.Threats = _context.Threats.Find(version) ?? _context.Threats.Current;
        }
    }

    /// <inheritdoc/>
    public AlertRecord? FindAlert(string id) => _collector.FindAlert(id);

    /// <inheritdoc/>
    public bool LearnAlert(string id)
    {
        lock (_gate)
        {
            if (_analyzer.LearnAlert(id) is not { } about)
            {
                return false;
            }

            _memory.Learn(about);
        }

        Keep();
        return true;
    }

    /// <inheritdoc/>
    public bool CloseAlert(string id)
    {
        lock (_gate)
        {
            return _analyzer.CloseAlert(id) || FindAlert(id) is not null;
        }
    }

    /// <inheritdoc/>
    public bool CutEvidence(AlertRecord alert, Stream pcap, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var cut = new EvidenceCut(alert, pcap);
            _ring.CopyTo(cut);
            return cut.Packets > 0;
        }
    }

    private async Task ReadInterfaceAsync(SourceState state, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // A thread of its own: libpcap blocks.
            var reason = await Task.Factory.StartNew(() => ReadInterface(state, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (reason is null)
            {
                return;
            }

            if (state.Fault != reason)
            {
                SensorLog.SourceFailed(_context.Logger, state.Source.Name, reason);
            }

            state.Fault = reason;
            await Task.Delay(RetryAfter, _context.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string? ReadInterface(SourceState state, CancellationToken cancellationToken)
    {
        try
        {
            var name = state.Source.Interface!;
            if (LibPcapLiveDeviceList.New().FirstOrDefault(d => d.Name == name) is not { } device)
            {
                return File.Exists($"/sys/class/net/{name}/ifindex") ? $"interface {name} may not be read: {Rights}" : $"there is no interface {name}";
            }

            using (device)
            {
                device.Open(new DeviceConfiguration { Mode = DeviceModes.Promiscuous, ReadTimeout = ReadTimeoutMilliseconds, BufferSize = KernelBufferBytes, Snaplen = CaptureReader.MaxPacketBytes });
                state.Fault = null;
                return ReadDevice(state, device, cancellationToken);
            }
        }
        catch (DllNotFoundException)
        {
            return "libpcap is not installed (Debian: libpcap0.8)";
        }
        catch (Exception e) when (e is PcapException or InvalidOperationException)
        {
            return $"interface {state.Source.Interface} cannot be read: {e.Message}; {Rights}";
        }
    }

    private string? ReadDevice(SourceState state, LibPcapLiveDevice device, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var status = GetPacketStatus.PacketRead;
            lock (_gate)
            {
                for (var i = 0; i < PacketsPerTurn && status == GetPacketStatus.PacketRead && !cancellationToken.IsCancellationRequested; i++)
                {
                    status = device.GetNextPacket(out var capture);
                    if (status == GetPacketStatus.PacketRead)
                    {
                        Process(state, device, capture);
                    }
                }
            }

            state.Dropped = device.Statistics?.DroppedPackets ?? 0;
            if (status is not (GetPacketStatus.PacketRead or GetPacketStatus.ReadTimeout))
            {
                return $"interface {state.Source.Interface} stopped giving packets ({status})";
            }
        }

        return null;
    }

    private void Process(SourceState state, LibPcapLiveDevice device, PacketCapture capture)
    {
        var ticks = capture.Header.Timeval.Date.Ticks;
        var packet = new CapturedPacket((LinkType)(int)device.LinkType, ticks, capture.Data, Math.Max(((PcapHeader)capture.Header).PacketLength is var length ? (int)length : 0, capture.Data.Length));
        _memory.Begin(new DateTimeOffset(ticks, TimeSpan.Zero));
        _ring.Add(in packet);
        var malformed = _analyzer.Malformed;
        try
        {
            _analyzer.Process(in packet);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // One packet must not stop the plant's eyes.
            if (Defects++ == 0)
            {
                SensorLog.SourceFailed(_context.Logger, state.Source.Name, $"a packet made the analysis fail: {e}");
            }
        }

        state.Count(ticks, packet.OriginalLength, _analyzer.Malformed > malformed);
    }

    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        Culvert.Outbox.OutgoingRecord[] records;
        lock (_gate)
        {
            if (_collector.Pending == 0)
            {
                return;
            }

            records = _collector.Take();
        }

        await _context.Outbox.AppendAsync(records, null, cancellationToken);
    }

    private void Keep()
    {
        byte[]? content;
        lock (_gate)
        {
            content = _memory.TakeChanges();
        }

        if (content is null)
        {
            return;
        }

        try
        {
            _memory.Write(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SensorLog.NotKept(_context.Logger, $"the devices of zone {Zone}", e.Message);
        }
    }
}
