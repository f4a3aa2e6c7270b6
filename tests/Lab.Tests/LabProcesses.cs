namespace Culvert.Lab.Tests;

/// <summary>Finds the processes of labs: each carries the lab's folder in its command line or its environment.</summary>
internal static class LabProcesses
{
    /// <summary>Those of labs below a folder, as "number: command line".</summary>
    public static IReadOnlyList<string> Below(string root)
    {
        var found = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && pid != Environment.ProcessId
                && Read(folder, "cmdline") is var line && (line.Contains($"{root}/", StringComparison.Ordinal) || Read(folder, "environ").Contains($"{Holder.Mark}={root}/", StringComparison.Ordinal)))
            {
                found.Add($"{pid}: {line.Replace('\0', ' ')}");
            }
        }

        return found;
    }

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return "";
        }
    }
}
