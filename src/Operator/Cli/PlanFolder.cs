using Culvert.Planning;

namespace Culvert.Cli;

/// <summary>A folder that holds a plan and nothing else: what it listed last time, and only that, is replaced.</summary>
internal sealed class PlanFolder(string folder)
{
    private const string ListName = ".culvert-plan";
    private readonly string _root = Path.GetFullPath(folder);

    private string ListPath => Path.Combine(_root, ListName);

    /// <summary>Why the folder cannot be used; null when it can.</summary>
    public string? Complaint() => File.Exists(_root) ? $"{folder} is a file; a folder is expected."
        : Directory.Exists(_root) && !File.Exists(ListPath) && Directory.EnumerateFileSystemEntries(_root).Any()
            ? $"{folder} holds other files; give --output a new or empty folder, or that of an earlier plan." : null;

    /// <summary>Writes the plan and tells what differs from the last one.</summary>
    public IReadOnlyList<PlanChange> Replace(IReadOnlyList<PlanFile> files)
    {
        var before = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in File.Exists(ListPath) ? File.ReadAllLines(ListPath) : [])
        {
            // The list is ours, but a file can be edited: nothing outside the folder is ever read or removed.
            var full = Path.GetFullPath(path, _root);
            if (full.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(full))
            {
                before[path] = File.ReadAllText(full);
            }
        }

        foreach (var gone in before.Keys.Except(files.Select(f => f.Path)))
        {
            File.Delete(Path.Combine(_root, gone));
        }

        foreach (var file in files)
        {
            var path = Path.Combine(_root, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content);
        }

        File.WriteAllText(ListPath, string.Concat(files.Select(f => f.Path + "\n")));
        return PlanChange.Between(before, files);
    }
}
