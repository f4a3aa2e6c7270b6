using System.Globalization;
using System.Runtime.InteropServices;

namespace Culvert.ProxyHost;

/// <summary>Gives memory back once it is quiet after a start or a burst of new tunnels: garbage that the collector would leave until it needs the room, and pages of code that ran once.</summary>
/// <remarks>A proxy on a small machine in a plant stands idle most of its life. While tunnels come, nothing is done here; bytes that flow allocate nothing and do not count.</remarks>
internal sealed partial class QuietMemory : IDisposable
{
    private const int DontNeed = 4;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    // What a few tunnels allocate; fewer in a while are no burst.
    private const long Quiet = 64 * 1024;

    // Less garbage than this is not worth a collection: readers of the metrics leave some, too.
    private const long Worth = 256 * 1024;

    // Looking at the records of so many and moving them takes 10 to 30 milliseconds.
    private const long Few = 5000;

    // So many that ended leave garbage that is not young any more.
    private const long Many = 1000;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly Func<long> _connections;
    private List<(nint Start, nint Length)>? _code;
    private long _seen;
    private long _left;
    private long _held;

    /// <param name="clock">The clock.</param>
    /// <param name="connections">Tells how many connections are served now.</param>
    public QuietMemory(TimeProvider clock, Func<long> connections)
    {
        _connections = connections;
        _timer = clock.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        // A look that takes longer than the time between two is not begun again.
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            GiveBackIfQuiet();
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void GiveBackIfQuiet()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var busy = allocated - _seen > Quiet;
        _seen = allocated;
        var connections = _connections();
        if (busy || (allocated - _left < Worth && connections > _held - Many))
        {
            return;
        }

        _code ??= ReadCodeIfReadable();
        if (connections <= Few)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
        else
        {
            // Moving the records of thousands of tunnels would hold all of them up for a tenth of a second: only what is young is looked at.
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);
        }

        foreach (var (start, length) in _code)
        {
            // The pages stay in the system's file cache; those that are needed again are mapped again at their first use.
            _ = Advise(start, length, DontNeed);
        }

        _held = connections;
        _seen = _left = GC.GetTotalAllocatedBytes();
    }

    private static List<(nint Start, nint Length)> ReadCodeIfReadable()
    {
        try
        {
            return OperatingSystem.IsLinux() ? [.. ReadCode()] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Kept from /proc, it keeps its pages.
            return [];
        }
    }

    // Only what stays mapped to the end (the program and its libraries: elsewhere something else could lie there by the time), cannot be written, and has no page of
    // its own (the loader changes some before it protects them): such pages can always be had again.
    private static IEnumerable<(nint Start, nint Length)> ReadCode()
    {
        (nint Start, nint Length) range = default;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Length > 0 && words[0][^1] != ':')
            {
                range = words is [var addresses, ['r', '-', _, 'p'], _, _, _, var file] && IsProgram(file) ? Range(addresses) : default;
            }
            else if (words is ["Anonymous:", "0", "kB"] && range.Length > 0)
            {
                yield return range;
            }
        }
    }

    private static bool IsProgram(string file) =>
        file == Environment.ProcessPath || file.EndsWith(".so", StringComparison.Ordinal) || file.Contains(".so.", StringComparison.Ordinal);

    private static (nint Start, nint Length) Range(string addresses)
    {
        var dash = addresses.IndexOf('-', StringComparison.Ordinal);
        var start = nint.Parse(addresses.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (start, nint.Parse(addresses.AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) - start);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint length, int advice);
}
