using System.Text.RegularExpressions;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>The sockets of a process as the operating system lists them (/proc/PID/fd, /proc/net).</summary>
internal static partial class Sockets
{
    private const string Listen = "0A";

    /// <summary>Lines of /proc/net of TCP and UDP sockets that the process has.</summary>
    public static IReadOnlyList<string> Of(int process)
    {
        var inodes = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
            .Select(f => SocketInode().Match(new FileInfo(f).LinkTarget ?? "")).Where(m => m.Success).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. ((string[])["tcp", "tcp6", "udp", "udp6"]).SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1)
                .Where(line => inodes.Contains(Fields(line)[9])).Select(line => $"{table} {line.Trim()}")),
        ];
    }

    /// <summary>Those that take what others send: listening for TCP, not connected for UDP.</summary>
    public static IReadOnlyList<string> ListeningOf(int process) => [.. Of(process).Where(line =>
    {
        var fields = Fields(line);
        var unconnected = fields[3].TrimStart('0') is ":" or ":0000" || fields[3].EndsWith(":0000", StringComparison.Ordinal);
        return fields[0].StartsWith("tcp", StringComparison.Ordinal) ? fields[4] == Listen : unconnected;
    })];

    private static string[] Fields(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^socket:\[(\d+)\]$", RegexOptions.None, 1000)]
    private static partial Regex SocketInode();
}
