namespace Culvert.Analysis.Tests;

/// <summary>The real captures, where the machine has them.</summary>
internal static class Captures
{
    public const string Variable = "CULVERT_CAPTURES";

    public static string? Folder { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder && Directory.Exists(folder) ? folder : null;

    public static string Require()
    {
        Assert.SkipWhen(Folder is null, $"The environment variable {Variable} names no folder of captures.");
        return Folder!;
    }

    public static IEnumerable<string> All() => Directory.EnumerateFiles(Require(), "*.pcap*").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])).Order(StringComparer.Ordinal);

    public static CollectingSink Analyze(string file, AnalyzerOptions? options = null, Action<TrafficAnalyzer>? afterwards = null)
    {
        var sink = new CollectingSink();
        var analyzer = new TrafficAnalyzer(options ?? new AnalyzerOptions { Zone = "z", Learning = true }, sink);
        Feed(file, analyzer);
        analyzer.Flush();
        afterwards?.Invoke(analyzer);
        return sink;
    }

    public static void Feed(string file, TrafficAnalyzer analyzer)
    {
        using var stream = File.OpenRead(file);
        var reader = CaptureReader.Open(stream);
        while (reader.Read(out var packet))
        {
            analyzer.Process(in packet);
        }
    }

    /// <summary>All frames of a capture, in memory.</summary>
    public static List<StoredFrame> Load(string file)
    {
        using var stream = File.OpenRead(file);
        var reader = CaptureReader.Open(stream);
        var frames = new List<StoredFrame>();
        while (reader.Read(out var packet))
        {
            frames.Add(new StoredFrame(packet.LinkType, packet.Ticks, packet.Data.ToArray(), packet.OriginalLength));
        }

        return frames;
    }
}

/// <summary>A frame that outlives its reader.</summary>
internal sealed record StoredFrame(LinkType LinkType, long Ticks, byte[] Data, int OriginalLength)
{
    public CapturedPacket At(long ticks) => new(LinkType, ticks, Data, OriginalLength);
}
