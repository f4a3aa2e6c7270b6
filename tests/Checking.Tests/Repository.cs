namespace Culvert.Checking.Tests;

/// <summary>Finds the repository around the test program.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Culvert.slnx")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("The repository was not found above the test program.");
    }
}
