namespace Culvert.SensorHost.Tests;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    private static readonly string Root = Find();

    public static string PlantCapture { get; } = Path.Combine(Root, "samples/captures/plant.pcap");

    public static string Doc(string name) => File.ReadAllText(Path.Combine(Root, "docs/operations", name));

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
