using System.Text.Json;

namespace Culvert.Tunnels;

/// <summary>The idle timeouts that were learned, as a small JSON file that is replaced as a whole.</summary>
internal sealed class KeepAliveFile(string path)
{
    /// <summary>More routes than this no sensor has.</summary>
    public const int MaxWays = 64;

    /// <summary>What the file holds; nothing where it is missing, damaged or too large.</summary>
    public Dictionary<string, IdleTimeout> Read()
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length > 64 * 1024)
            {
                return [];
            }

            var read = JsonSerializer.Deserialize(File.ReadAllBytes(path), KeepAliveJson.Default.DictionaryStringIdleTimeout);
            return read is { Count: <= MaxWays } && read.Values.All(v => v is { ShortestCut.Ticks: > 0 }) ? read : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    /// <summary>Replaces the file. Where it cannot be written, what was learned lives until the restart; that costs sessions, not data.</summary>
    public void Write(Dictionary<string, IdleTimeout> known)
    {
        try
        {
            var next = path + ".new";
            File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(known, KeepAliveJson.Default.DictionaryStringIdleTimeout));
            File.Move(next, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }
}
