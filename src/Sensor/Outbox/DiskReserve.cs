namespace Culvert.Outbox;

/// <summary>Room that is held back on the disk. When the disk is full it is given up, so that acknowledged records can still be taken out; nothing new is accepted until it is back.</summary>
internal sealed class DiskReserve(string path, int bytes)
{
    /// <summary>Whether it is held.</summary>
    public bool IsHeld => bytes == 0 || File.Exists(path);

    /// <summary>Gives the room up.</summary>
    public void Release()
    {
        if (bytes > 0)
        {
            File.Delete(path);
        }
    }

    /// <summary>Takes the room; false where there is none.</summary>
    public bool TryHold()
    {
        if (IsHeld)
        {
            return true;
        }

        var fresh = path + ".new";
        try
        {
            // Preallocation takes real blocks (posix_fallocate), so nobody else can have them.
            new FileStream(fresh, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = bytes }).Dispose();
            File.Move(fresh, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(fresh);
            return false;
        }
    }
}
