using System.Globalization;
using System.Runtime.InteropServices;

namespace Culvert.Outbox;

/// <summary>The files of an outbox by name, the lock that keeps a second process out, and the steps on files that must survive a crash between any two of them.</summary>
internal sealed class OutboxFolder : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _directory;

    /// <summary>Makes the folder where it is missing and locks it. Throws <see cref="OutboxException"/>.</summary>
    public OutboxFolder(string directory)
    {
        _directory = Path.GetFullPath(directory);
        try
        {
            if (!Directory.Exists(_directory))
            {
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(_directory);
                }
                else
                {
                    Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutboxException(OutboxFailure.FolderUnusable, $"The outbox folder '{_directory}' cannot be made: {e.Message}", e);
        }

        try
        {
            _lock = new FileStream(Path.Combine(_directory, "outbox.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new OutboxException(OutboxFailure.FolderUnusable, $"The outbox folder '{_directory}' cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new OutboxException(OutboxFailure.InUse, $"The outbox in '{_directory}' is in use by another process: {e.Message}", e);
        }
    }

    /// <summary>The store.</summary>
    public string Store => Path.Combine(_directory, "outbox.db");

    /// <summary>A store that is being made; takes the place of <see cref="Store"/> by renaming when it is whole.</summary>
    public string NewStore => Store + ".new";

    /// <summary>A copy to try rescue on.</summary>
    public string RescueCopy => Store + ".rescue";

    /// <summary>Bytes held back for a full disk.</summary>
    public string Reserve => Path.Combine(_directory, "outbox.reserve");

    /// <summary>Its absolute path.</summary>
    public string FullPath => _directory;

    private string EpochFile => Path.Combine(_directory, "outbox.epoch");

    /// <summary>The largest epoch ever used here; 0 for none. Kept beside the store so that a lost store and a clock set back cannot bring an old epoch back.</summary>
    public long ReadLastEpoch() =>
        File.Exists(EpochFile) && long.TryParse(File.ReadAllText(EpochFile), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0;

    /// <summary>Keeps the largest epoch, durably.</summary>
    public void WriteLastEpoch(long epoch)
    {
        var fresh = EpochFile + ".new";
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(epoch.ToString(CultureInfo.InvariantCulture)));
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, EpochFile, overwrite: true);
        SyncFolder();
    }

    /// <summary>Ends what a crash interrupted: a new store whose old one is gone is taken; a half-made one is removed.</summary>
    public void FinishInterrupted()
    {
        DeleteStore(RescueCopy);
        if (!File.Exists(NewStore))
        {
            return;
        }

        if (File.Exists(Store))
        {
            DeleteStore(NewStore);
            return;
        }

        TakeNewStore();
    }

    /// <summary>Puts the new, closed store into its place. A log that lies there belongs to another store and would be replayed into this one, so it goes first.</summary>
    public void TakeNewStore()
    {
        foreach (var log in LogsOf(Store).Where(File.Exists))
        {
            File.Move(log, FindFreeName(log + ".stray"));
        }

        File.Move(NewStore, Store);
        SyncFolder();
    }

    /// <summary>Sets the damaged store and its log aside and puts the new one into its place. Returns the name it was given.</summary>
    public string SetAside(DateTimeOffset now)
    {
        var aside = FindFreeName(Store + now.ToString("'.damaged-'yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture));
        // The store goes first: once it is gone, a restart takes the new one, which is whole.
        File.Move(Store, aside);
        foreach (var (log, suffix) in LogsOf(Store).Zip(["-wal", "-shm"]))
        {
            if (File.Exists(log))
            {
                File.Move(log, aside + suffix, overwrite: true);
            }
        }

        TakeNewStore();
        return Path.GetFileName(aside);
    }

    /// <summary>Removes a store and its log.</summary>
    public static void DeleteStore(string path)
    {
        foreach (var file in LogsOf(path).Prepend(path))
        {
            File.Delete(file);
        }
    }

    /// <summary>The two files that SQLite keeps beside a store in WAL mode.</summary>
    public static IEnumerable<string> LogsOf(string path) => [path + "-wal", path + "-shm"];

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>Makes renames durable. .NET opens no folders, so the one call that is needed is made directly.</summary>
    private void SyncFolder()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Open(_directory, 0);
        if (descriptor >= 0)
        {
            _ = FSync(descriptor);
            _ = Close(descriptor);
        }
    }

    private static string FindFreeName(string name)
    {
        var free = name;
        for (var i = 2; File.Exists(free); i++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        }

        return free;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
