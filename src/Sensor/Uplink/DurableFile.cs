using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Culvert.Uplink;

/// <summary>Small files that are either the old one or the new one after a crash, never a part; readable by their owner only.</summary>
public static class DurableFile
{
    /// <summary>Replaces a file: written beside it, flushed to the disk, renamed. Throws <see cref="IOException"/> where that fails; the old file is whole then.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var fresh = path + ".new";
        // An older attempt's file may have other permissions.
        File.Delete(fresh);
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(fresh, creation))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Reads a file's JSON; null where it is missing or is not that.</summary>
    public static T? TryReadJson<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes a folder that only its owner can enter, with its parents; one that is there is left as it is.</summary>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
