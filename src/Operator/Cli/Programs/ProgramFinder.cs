namespace Culvert.Cli;

/// <summary>Finds the programs that <c>culvert</c> starts: beside itself when installed, in the neighbouring output folders when built from sources.</summary>
internal sealed class ProgramFinder(string baseFolder)
{
    private static readonly Dictionary<string, string> Projects = new(StringComparer.Ordinal)
    {
        ["culvert-portal"] = "Culvert.PortalHost",
        ["culvert-proxy"] = "Culvert.ProxyHost",
        ["culvert-sensor"] = "Culvert.SensorHost",
    };

    /// <summary>The full path of a program, or null when it is nowhere.</summary>
    public string? Find(string program)
    {
        var folder = Path.TrimEndingDirectorySeparator(baseFolder);
        // artifacts/bin/Culvert.Cli/release -> artifacts/bin/Culvert.PortalHost/release
        var neighbour = Path.Combine(folder, "..", "..", Projects[program], Path.GetFileName(folder));
        // The neighbour first: a build leaves starters of these programs, without the programs, beside culvert.
        return ((string[])[neighbour, folder]).Select(f => Path.GetFullPath(Path.Combine(f, program))).FirstOrDefault(File.Exists);
    }
}
