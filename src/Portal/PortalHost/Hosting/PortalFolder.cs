namespace Culvert.PortalHost;

/// <summary>The data folder: readable by its owner only.</summary>
public sealed class PortalFolder
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder and its sub-folders where they are not there.</summary>
    /// <param name="path">The folder.</param>
    public PortalFolder(string path)
    {
        Root = Path.GetFullPath(path);
        foreach (var folder in (string[])[Root, Keys, Sessions])
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, OwnerFile | UnixFileMode.UserExecute);
            }
        }
    }

    /// <summary>The folder itself.</summary>
    public string Root { get; }

    /// <summary>Private keys and certificates.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>Keys that protect cookies.</summary>
    public string Sessions => Path.Combine(Root, "sessions");

    /// <summary>What the running portal is reached by, for commands beside it.</summary>
    public string AddressFile => Path.Combine(Root, "address");

    /// <summary>Writes a file whole, readable by its owner only.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its text.</param>
    public static void WriteSecret(string path, string text)
    {
        // A name for each process: several commands may write at one time, and the last one whole wins.
        var temporary = $"{path}.{Environment.ProcessId}.new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(text);
            writer.Flush();
            ((FileStream)writer.BaseStream).Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Runs something while no other process does so in this folder.</summary>
    /// <param name="action">What.</param>
    public void Exclusively(Action action)
    {
        using var held = Hold();
        action();
    }

    private FileStream Hold()
    {
        var path = Path.Combine(Root, "keys.lock");
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            // Another process makes the keys, which takes well under a second.
            catch (IOException) when (attempt < 100)
            {
                Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System).Wait();
            }
        }
    }
}
