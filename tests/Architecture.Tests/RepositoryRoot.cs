namespace Culvert.Architecture.Tests;

/// <summary>Where the sources are: the folder above the test's own that holds Culvert.slnx.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Culvert.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Culvert.slnx above {AppContext.BaseDirectory}.");
    }
}
