using System.Globalization;

namespace Culvert.ProxyHost;

/// <summary>How many files this process may have open.</summary>
internal static class OpenFiles
{
    /// <summary>The soft limit (the runtime raises it to the hard one at start); null where it is not known.</summary>
    public static long? Limit()
    {
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
            return long.TryParse(line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
