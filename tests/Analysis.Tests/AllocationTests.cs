namespace Culvert.Analysis.Tests;

/// <summary>A sensor must keep up with the wire for years: a frame of what is known costs no memory at all.</summary>
public sealed class AllocationTests
{
    // In these, devices say different things of themselves in turn (two names over DCP, several host names over mDNS): each is a change, and a change is a record.
    private static readonly Dictionary<string, long> Changing = new(StringComparer.Ordinal) { ["29-profinet-mixed-dcp-rt-ptcp-cm-lldp.pcap"] = 4096, ["58-disc-mdns.pcap"] = 4096 };

    [Fact]
    public void A_steady_replay_allocates_nothing_per_frame()
    {
        var (found, frames) = (new List<string>(), 0);
        foreach (var capture in Captures.All())
        {
            var stored = Captures.Load(capture).ToArray();
            var analyzer = new TrafficAnalyzer(new AnalyzerOptions { Zone = "z", Learning = true, TrafficIntervalSeconds = 3600 }, new NullSink());
            var at = stored.Max(f => f.Ticks);
            for (var pass = 0; pass < 3; pass++)
            {
                Replay(analyzer, stored, at);
            }

            // What a frame costs it costs in every pass; what the runtime does once while it compiles again, in one.
            var allocated = long.MaxValue;
            for (var pass = 0; pass < 5 && allocated > 0; pass++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                Replay(analyzer, stored, at);
                allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            frames += stored.Length;
            if (allocated > Changing.GetValueOrDefault(Path.GetFileName(capture)))
            {
                found.Add($"{Path.GetFileName(capture)}: {allocated} bytes for {stored.Length} frames");
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(frames > 10_000);
    }

    private static void Replay(TrafficAnalyzer analyzer, StoredFrame[] frames, long at)
    {
        foreach (var frame in frames)
        {
            var packet = frame.At(at);
            analyzer.Process(in packet);
        }
    }
}
