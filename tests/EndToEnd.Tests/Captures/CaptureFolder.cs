namespace Culvert.EndToEnd.Tests.Captures;

/// <summary>The real captures, where the machine has them.</summary>
internal static class CaptureFolder
{
    private const string Variable = "CULVERT_CAPTURES";

    public static IReadOnlyList<string> Require()
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(folder) || !Directory.Exists(folder), $"The environment variable {Variable} names no folder of captures.");
        return [.. Directory.EnumerateFiles(folder, "*.pcap*").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])).Order(StringComparer.Ordinal)];
    }
}
