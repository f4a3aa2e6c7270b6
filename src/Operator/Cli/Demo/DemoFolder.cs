namespace Culvert.Cli;

/// <summary>The demo's working folder: keys, certificates, configurations, databases, logs. Readable by its owner only.</summary>
internal sealed class DemoFolder : IDisposable
{
    private const string Marker = "culvert-demo";
    private readonly FileStream _lock;
    private bool _temporary;

    private DemoFolder(string root, FileStream held, bool temporary) => (Root, _lock, _temporary) = (root, held, temporary);

    /// <summary>The folder itself.</summary>
    public string Root { get; }

    /// <summary>What the programs say.</summary>
    public string Logs => Folder("logs");

    /// <summary>Opens the folder given, or a new one of its own. Throws <see cref="DemoException"/> when it cannot be used.</summary>
    public static DemoFolder Open(string? state)
    {
        var temporary = state is null;
        var root = Path.GetFullPath(state ?? Path.Combine(Path.GetTempPath(), $"{Marker}-{Path.GetRandomFileName()[..8]}"));
        try
        {
            var marker = Path.Combine(root, Marker);
            if (Directory.Exists(root) && !File.Exists(marker) && Directory.EnumerateFileSystemEntries(root).Any())
            {
                throw new DemoException(ExitCode.Usage, $"{root} holds other files. Give --state a new or empty folder, or one of an earlier demo.");
            }

            Create(root);
            var held = new FileStream(marker, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DemoFolder(root, held, temporary);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DemoException(ExitCode.Machine, $"{root} cannot be written: {e.Message} Choose another folder with --state.");
        }
        catch (IOException) when (File.Exists(Path.Combine(root, Marker)))
        {
            throw new DemoException(ExitCode.Machine, $"Another demo runs in {root}. Stop it, or choose another folder with --state.");
        }
    }

    /// <summary>Lets it stay, so that a person can look into the logs.</summary>
    public void Keep() => _temporary = false;

    /// <summary>A folder in it.</summary>
    public string Folder(string name)
    {
        var path = Path.Combine(Root, name);
        Create(path);
        return path;
    }

    /// <summary>A file in it.</summary>
    public string FilePath(string name) => Path.Combine(Root, name);

    /// <summary>Writes a file that its owner alone may read.</summary>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Create(Path.GetDirectoryName(path)!);
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        if (_temporary)
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    private static void Create(string path)
    {
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
