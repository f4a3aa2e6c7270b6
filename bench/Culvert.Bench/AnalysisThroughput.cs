using System.Diagnostics;
using System.Globalization;
using Culvert.Analysis;

namespace Culvert.Bench;

/// <summary>Frames per second of one core, by processor time, so that other work on the machine does not count.</summary>
internal static class AnalysisThroughput
{
    public static int Run(string file, double seconds)
    {
        var frames = Capture.Load(file);
        var bytes = frames.Sum(f => (long)f.Data.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"capture {Path.GetFileName(file)}: {frames.Length} frames, {bytes} bytes"));
        Report("from memory, steady", Steady(frames, seconds), bytes / (double)frames.Length);
        Report("from file, a new sensor", FromFile(file, seconds), bytes / (double)frames.Length);
        return 0;
    }

    // One sensor that watches the capture again and again, each time later.
    private static (long Frames, double Cpu, double Wall, long Allocated) Steady(StoredFrame[] frames, double seconds)
    {
        var analyzer = new TrafficAnalyzer(new AnalyzerOptions { Zone = "bench", Learning = true }, new CountingSink());
        var span = frames.Max(f => f.Ticks) - frames.Min(f => f.Ticks) + TimeSpan.TicksPerSecond;
        var shift = 0L;
        void Pass()
        {
            foreach (var frame in frames)
            {
                var packet = new CapturedPacket(frame.LinkType, frame.Ticks + shift, frame.Data, frame.OriginalLength);
                analyzer.Process(in packet);
            }

            shift += span;
        }

        return Measure(Pass, frames.Length, seconds);
    }

    // The file read and everything found for the first time, as tshark does.
    private static (long Frames, double Cpu, double Wall, long Allocated) FromFile(string file, double seconds)
    {
        var count = 0;
        void Pass()
        {
            using var stream = File.OpenRead(file);
            var reader = CaptureReader.Open(stream);
            var analyzer = new TrafficAnalyzer(new AnalyzerOptions { Zone = "bench", Learning = true }, new CountingSink());
            count = 0;
            while (reader.Read(out var packet))
            {
                analyzer.Process(in packet);
                count++;
            }

            analyzer.Flush();
        }

        Pass();
        return Measure(Pass, count, seconds);
    }

    private static (long Frames, double Cpu, double Wall, long Allocated) Measure(Action pass, int frames, double seconds)
    {
        for (var warm = 0; warm < 3; warm++)
        {
            pass();
        }

        using var process = Process.GetCurrentProcess();
        var (cpu, watch, allocated, done) = (process.TotalProcessorTime, Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread(), 0L);
        do
        {
            pass();
            done += frames;
            process.Refresh();
        }
        while ((process.TotalProcessorTime - cpu).TotalSeconds < seconds);
        return (done, (process.TotalProcessorTime - cpu).TotalSeconds, watch.Elapsed.TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private static void Report(string what, (long Frames, double Cpu, double Wall, long Allocated) run, double bytesPerFrame) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"culvert {what}: {run.Frames / run.Cpu:0} frames/s and core, {run.Frames * bytesPerFrame * 8 / run.Cpu / 1e9:0.00} Gbit/s, {run.Allocated / (double)run.Frames:0.000} bytes allocated a frame (cpu {run.Cpu:0.00} s, wall {run.Wall:0.00} s)"));
}
