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
        using var stream = File.OpenRead(file);
        var reader = CaptureReader.Open(stream);
        while (reader.Read(out var packet))
        {
            analyzer.Process(in packet);
        }

        analyzer.Flush();
        afterwards?.Invoke(analyzer);
        return sink;
    }
}
