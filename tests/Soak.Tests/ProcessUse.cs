using System.Globalization;

namespace Culvert.Soak.Tests;

/// <summary>What a process holds now, from /proc.</summary>
/// <param name="Sockets">Open sockets.</param>
/// <param name="Pipes">Open ends of pipes.</param>
/// <param name="ResidentKib">Memory in use, in KiB.</param>
internal sealed record ProcessUse(int Sockets, int Pipes, long ResidentKib)
{
    /// <summary>How many files a process may have open.</summary>
    public static long MaxFiles(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/limits").Single(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return soft == "unlimited" ? long.MaxValue : long.Parse(soft, CultureInfo.InvariantCulture);
    }

    public static ProcessUse Of(int processId)
    {
        var (sockets, pipes) = (0, 0);
        foreach (var file in new DirectoryInfo($"/proc/{processId}/fd").EnumerateFileSystemInfos())
        {
            var target = file.LinkTarget ?? "";
            sockets += target.StartsWith("socket:", StringComparison.Ordinal) ? 1 : 0;
            pipes += target.StartsWith("pipe:", StringComparison.Ordinal) ? 1 : 0;
        }

        var resident = File.ReadLines($"/proc/{processId}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return new ProcessUse(sockets, pipes, long.Parse(resident.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
    }
}
