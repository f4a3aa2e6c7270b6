using System.Diagnostics;
using System.Globalization;

namespace Culvert.Lab;

/// <summary>The process that holds a lab: its end, however it comes, is the end of every process, namespace and cable in the lab.</summary>
/// <remarks>
/// It is <c>unshare</c>, with network, mount and process-id namespaces of its own (and a user namespace when we are not root). The kernel kills
/// all processes of a process-id namespace with its first one, and takes down network namespaces with the last process in them; so
/// there is nothing to clean up one by one, and no mistake in the lab can reach the machine's own network, to which it has no cable.
/// </remarks>
public static class Holder
{
    /// <summary>The environment variable that every process of a lab has: the lab's folder.</summary>
    public const string Mark = "CULVERT_LAB";

    // The first process in the lab. A /run and /dev/shm of its own: names of namespaces and of Squid's shared memory are nobody else's.
    private const string First =
        """
        mount -t tmpfs tmpfs /run && mkdir /run/netns && mount -t tmpfs tmpfs /dev/shm || exit 70
        resolv=$(readlink -f /etc/resolv.conf)
        case "$resolv" in /run/*) mkdir -p "${resolv%/*}" && : > "$resolv";; esac
        ip link set dev lo up
        "$@" &
        keeper=$!
        trap 'kill -TERM $keeper' TERM INT HUP
        wait $keeper
        wait $keeper
        """;

    // Writes down who it is before it becomes the holder: a lab is found again whatever happens to the one who asked for it.
    private const string Outer =
        """
        folder=$1; shift
        start=$(cut -d ' ' -f 22 /proc/$$/stat) || exit 71
        echo "$$ $start" > "$folder/holder.new" && mv "$folder/holder.new" "$folder/holder" || exit 71
        exec setsid unshare "$@" </dev/null >>"$folder/keeper.log" 2>&1
        """;

    /// <summary>Starts the keeper of a lab in namespaces of its own; gives the process, which lives on when we end.</summary>
    public static Process Start(LabFolder folder, IEnumerable<string> keeper)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = "/" };
        string[] arguments = ["-c", Outer, "culvert-lab", folder.Root, .. Namespaces(), "sh", "-c", First, "culvert-lab", .. keeper];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Mark] = folder.Root;
        return Process.Start(start)!;
    }

    /// <summary>The options of <c>unshare</c> that make the lab's namespaces, as this user may.</summary>
    public static IReadOnlyList<string> Namespaces() => Environment.IsPrivilegedProcess
        ? ["--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
        : ["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];

    /// <summary>Whether the lab's holder lives.</summary>
    public static bool Lives(LabFolder folder) => Find(folder) is not null;

    /// <summary>Kills the holder, and with it everything in the lab, and waits until it is gone. Does nothing when it is gone already.</summary>
    public static async Task EndAsync(LabFolder folder, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (Find(folder) is not { } pid)
        {
            return;
        }

        // The lab's first process too: the holder's death kills it, but a moment later.
        var first = Children(pid);
        foreach (var process in (int[])[pid, .. first])
        {
            Signals.Send(process, Signals.Kill);
        }

        var deadline = clock.GetUtcNow() + TimeSpan.FromSeconds(20);
        while (((int[])[pid, .. first]).Any(IsAlive) && clock.GetUtcNow() < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), clock, cancellationToken);
        }
    }

    // A number alone can be another process's by now: with the time of its start it is the one.
    private static int? Find(LabFolder folder)
    {
        if (!File.Exists(folder.HolderFile))
        {
            return null;
        }

        var parts = File.ReadAllText(folder.HolderFile).Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var pid) && StartOf(pid) == parts[1] ? pid : null;
    }

    private static string? StartOf(int pid) => StatOf(pid) is { } fields && fields[0] != "Z" ? fields[19] : null;

    private static bool IsAlive(int pid) => StatOf(pid) is { } fields && fields[0] != "Z";

    private static int[] Children(int pid)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => int.Parse(t, CultureInfo.InvariantCulture))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return [];
        }
    }

    // The fields after the name, which may hold spaces and brackets (proc_pid_stat(5)): the first is the state, the twentieth the start.
    private static string[]? StatOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
