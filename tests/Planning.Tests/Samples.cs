using Culvert.Configuration;

namespace Culvert.Planning.Tests;

/// <summary>The sample site files, and real programs that load what is derived from them.</summary>
internal static class Samples
{
    public static string Root { get; } = Find();

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Path.Combine(Root, "samples"), "*.site.yaml").Select(f => Path.GetFileName(f)[..^".site.yaml".Length]).Order(StringComparer.Ordinal);

    public static SiteFile Read(string name) => SiteFileReader.Load(Path.Combine(Root, "samples", $"{name}.site.yaml")).Value!;

    public static SiteFile Parse(string yaml)
    {
        var result = SiteFileReader.Parse(yaml, "site.yaml");
        Assert.Empty(result.Mistakes);
        return result.Value!;
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Culvert.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Culvert.slnx above {AppContext.BaseDirectory}.");
    }
}
