using System.Security.Cryptography;
using System.Text;
using Culvert.Analysis;
using Culvert.Outbox;

namespace Culvert.SensorHost;

/// <summary>Replays the captures of one zone, one after another. See docs/decisions/deterministic-replay.md for what happens after kill -9.</summary>
internal sealed class ReplayFeed : IZoneFeed
{
    // One flush of the disk for so many records, or so many bytes.
    private const int RecordsPerCommit = 1000;
    private const int MaxBytesPerCommit = 512 * 1024;
    // More than what the outbox counts for a record besides its body.
    private const int OverheadBytes = 64;
    private const int PacketsPerSlice = 4096;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RoomCheckEvery = TimeSpan.FromMilliseconds(100);

    private readonly FeedContext _context;
    private readonly RecordCollector _collector;
    private readonly OrderedAnalysis _analysis;
    private readonly Lock _gate = new();
    private readonly HeldPacket _held = new();
    private readonly string _checkpointName;
    private readonly long _bytesPerCommit;
    private SourceCheckpoint _committed;
    private long _lastMalformed;

    /// <summary>Prepares a replay of the sources of a zone, all of them captures.</summary>
    public ReplayFeed(string zone, IReadOnlyList<SensorSource> sources, AnalyzerOptions options, FeedContext context)
    {
        (Zone, _context) = (zone, context);
        Sources = [.. sources.Select(s => new SourceState(s))];
        _collector = new RecordCollector(zone);
        _checkpointName = NameOf(zone, sources);
        _committed = new SourceCheckpoint(_checkpointName, 0, 0, false);
        var journal = new OrderJournal(Path.Combine(context.Folder, $"{_checkpointName.Split(':')[1]}.orders"));
        _analysis = new OrderedAnalysis(zone, options, _collector, journal, context);
        _bytesPerCommit = Math.Min(MaxBytesPerCommit, context.OutboxBytes / 8);
    }

    /// <inheritdoc/>
    public string Zone { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SourceState> Sources { get; }

    /// <inheritdoc/>
    public int Devices => _analysis.Devices;

    /// <inheritdoc/>
    public long DevicesRefused => _analysis.DevicesRefused;

    /// <inheritdoc/>
    public long Defects { get; private set; }

    /// <inheritdoc/>
    public bool Finished => _analysis.Finished;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _committed = (await _context.Outbox.ReadCheckpointsAsync(cancellationToken)).FirstOrDefault(c => c.Source == _checkpointName) ?? _committed;
        if (_committed.Finished)
        {
            Finish();
            return;
        }

        Begin();
        foreach (var source in Sources)
        {
            await ReplayAsync(source, cancellationToken);
        }

        lock (_gate)
        {
            _analysis.Flush();
        }

        await CommitAsync(finished: true, cancellationToken);
        Finish();
    }

    /// <inheritdoc/>
    public void SetLearning(bool learning) => Order(new ZoneOrder { Learning = learning });

    /// <inheritdoc/>
    public void SetPackage(string version) => Order(new ZoneOrder { Package = version });

    /// <inheritdoc/>
    public AlertRecord? FindAlert(string id) => _collector.FindAlert(id);

    /// <inheritdoc/>
    public bool LearnAlert(string id)
    {
        if (FindAlert(id) is not { Learnable: true })
        {
            return false;
        }

        Order(new ZoneOrder { LearnAlert = id });
        return true;
    }

    /// <inheritdoc/>
    public bool CloseAlert(string id)
    {
        if (FindAlert(id) is null)
        {
            return false;
        }

        Order(new ZoneOrder { CloseAlert = id });
        return true;
    }

    /// <inheritdoc/>
    public bool CutEvidence(AlertRecord alert, Stream pcap, CancellationToken cancellationToken)
    {
        var cut = new EvidenceCut(alert, pcap);
        foreach (var source in Sources)
        {
            try
            {
                using var stream = Open(source.Source.Capture!);
                var reader = CaptureReader.Open(stream);
                while (reader.Read(out var packet))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!cut.Take(in packet))
                    {
                        return true;
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CaptureFormatException)
            {
                // What could be read is evidence too.
            }
        }

        return cut.Packets > 0;
    }

    // The captures themselves are part of the name: other captures for the same zone are another replay.
    private static string NameOf(string zone, IReadOnlyList<SensorSource> sources)
    {
        var text = string.Join('\n', sources.Select(s => $"{s.Capture}\n{(File.Exists(s.Capture) ? new FileInfo(s.Capture).Length : -1)}"));
        return $"capture:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{zone}\n{text}")).AsSpan(0, 8))}";
    }

    private static FileStream Open(string capture) =>
        new(capture, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.SequentialScan, BufferSize = 0 });

    private void Begin()
    {
        lock (_gate)
        {
            _analysis.Begin(_committed.Position);
        }

        if (_committed.Position > 0)
        {
            SensorLog.Resumed(_context.Logger, Zone, _committed.Position);
        }
    }

    private void Order(ZoneOrder order)
    {
        lock (_gate)
        {
            _analysis.Order(order);
        }
    }

    private async Task ReplayAsync(SourceState state, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = Open(state.Source.Capture!);
            var reader = CaptureReader.Open(stream);
            await ReplayAsync(state, reader, cancellationToken);
            if (reader.Truncation is { } truncation)
            {
                Fail(state, truncation);
            }
        }
        catch (Exception e) when (e is CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            _held.Drop();
            Fail(state, e is FileNotFoundException or DirectoryNotFoundException ? $"{state.Source.Capture} does not exist" : e.Message);
        }

        state.Finished = true;
        SensorLog.SourceFinished(_context.Logger, state.Source.Name, state.Packets);
    }

    private async Task ReplayAsync(SourceState state, CaptureReader reader, CancellationToken cancellationToken)
    {
        var pace = new ReplayPace(state.Source.Speed, _context.Clock);
        var committedAt = _context.Clock.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan? wait;
            lock (_gate)
            {
                wait = ReadSlice(state, reader, pace);
            }

            var full = _collector.Pending >= RecordsPerCommit || _collector.PendingBytes >= _bytesPerCommit;
            if (full || (_collector.Pending > 0 && _context.Clock.GetElapsedTime(committedAt) >= LongestWait))
            {
                await CommitAsync(finished: false, cancellationToken);
                committedAt = _context.Clock.GetTimestamp();
            }

            if (wait is null)
            {
                return;
            }

            if (wait > TimeSpan.Zero)
            {
                if (wait > LongestWait && _collector.Pending > 0)
                {
                    await CommitAsync(finished: false, cancellationToken);
                    committedAt = _context.Clock.GetTimestamp();
                }

                await Task.Delay(wait.Value, _context.Clock, cancellationToken);
            }
        }
    }

    /// <summary>Analyses packets until a commit is due, one is not due yet (the result says how long), or the capture ends (null).</summary>
    private TimeSpan? ReadSlice(SourceState state, CaptureReader reader, ReplayPace pace)
    {
        if (_held.IsHeld)
        {
            Process(state, _held.Take());
        }

        for (var i = 0; i < PacketsPerSlice && _collector.Pending < RecordsPerCommit && _collector.PendingBytes < _bytesPerCommit; i++)
        {
            if (!reader.Read(out var packet))
            {
                return null;
            }

            // What was turned into records before is not waited for again.
            if (!_collector.Drops && pace.Next(packet.Ticks) is { } wait && wait > TimeSpan.FromMilliseconds(1))
            {
                _held.Hold(in packet);
                return wait;
            }

            Process(state, packet);
        }

        return TimeSpan.Zero;
    }

    private void Process(SourceState state, CapturedPacket packet)
    {
        _analysis.TakeOrders();
        try
        {
            _analysis.Process(in packet);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // One packet must not stop the plant's eyes, and would stop them again after every restart.
            if (Defects++ == 0)
            {
                SensorLog.SourceFailed(_context.Logger, state.Source.Name, $"packet {_analysis.Position} made the analysis fail: {e}");
            }
        }

        var malformed = _analysis.Malformed;
        state.Count(packet.Ticks, packet.OriginalLength, malformed > _lastMalformed);
        _lastMalformed = malformed;
    }

    private async Task CommitAsync(bool finished, CancellationToken cancellationToken)
    {
        var records = _collector.Take();
        await WaitForRoomAsync(records.Sum(r => (long)r.Body.Length + OverheadBytes), cancellationToken);
        // At the end the position is past the last packet; what Flush told before a crash in this very step was not committed.
        var checkpoint = new SourceCheckpoint(_checkpointName, 0, _analysis.Position, finished);
        await _context.Outbox.AppendAsync(records, checkpoint, cancellationToken);
        _committed = checkpoint;
    }

    // A capture can wait for the cloud, so nothing of it need be dropped.
    private async Task WaitForRoomAsync(long bytes, CancellationToken cancellationToken)
    {
        while ((await _context.Outbox.ReadHealthAsync(cancellationToken)) is { Bytes: > 0 } health && health.Bytes + bytes > health.MaxBytes * 3 / 4)
        {
            await Task.Delay(RoomCheckEvery, _context.Clock, cancellationToken);
        }
    }

    private void Fail(SourceState state, string reason)
    {
        state.Fault = reason;
        SensorLog.SourceFailed(_context.Logger, state.Source.Name, reason);
    }

    private void Finish()
    {
        lock (_gate)
        {
            _analysis.Finish();
        }

        foreach (var source in Sources)
        {
            source.Finished = true;
        }
    }
}
