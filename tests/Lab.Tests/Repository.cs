namespace Culvert.Lab.Tests;

/// <summary>Where things are in the sources.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Sample(string name) => Path.Combine(Root, "samples", $"{name}.site.yaml");

    public static string PlantCapture => Path.Combine(Root, "samples", "captures", "plant.pcap");

    /// <summary>A program that was built with the tests.</summary>
    public static string Program(string project, string name) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), name));

    public static string Culvert => Program("Culvert.Cli", "culvert");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Culvert.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the sources.");
    }
}
