using BenchmarkDotNet.Attributes;
using Culvert.Analysis;

namespace Culvert.Bench;

/// <summary>One frame through the analysis, on average over the capture.</summary>
[MemoryDiagnoser]
public class AnalysisBenchmarks
{
    private StoredFrame[] _frames = [];
    private TrafficAnalyzer _analyzer = null!;
    private int _next;
    private long _shift;
    private long _span;

    [GlobalSetup]
    public void Load()
    {
        _frames = Capture.Load(Capture.Find());
        _span = _frames.Max(f => f.Ticks) - _frames.Min(f => f.Ticks) + TimeSpan.TicksPerSecond;
        _analyzer = new TrafficAnalyzer(new AnalyzerOptions { Zone = "bench", Learning = true }, new CountingSink());
        for (var i = 0; i < _frames.Length * 2; i++)
        {
            Frame();
        }
    }

    [Benchmark]
    public void Frame()
    {
        var frame = _frames[_next];
        var packet = new CapturedPacket(frame.LinkType, frame.Ticks + _shift, frame.Data, frame.OriginalLength);
        _analyzer.Process(in packet);
        if (++_next == _frames.Length)
        {
            (_next, _shift) = (0, _shift + _span);
        }
    }
}
