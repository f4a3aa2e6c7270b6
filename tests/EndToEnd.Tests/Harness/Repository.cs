namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    public static string PlantCapture { get; } = Path.Combine(Find(), "samples/captures/plant.pcap");

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
