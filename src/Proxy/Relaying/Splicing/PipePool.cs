namespace Culvert.Relaying;

/// <summary>The pipes through which the kernel passes the bytes of one loop's tunnels. A tunnel has one only while bytes are in it, so a few serve thousands; beyond the limit a tunnel copies instead.</summary>
internal sealed unsafe class PipePool(int maxPipes) : IDisposable
{
    /// <summary>A reader that never reads keeps its pipe: without a limit such readers would eat up the descriptors.</summary>
    public const int StandardMax = 256;

    private const int WantedSize = 256 * 1024;
    private readonly Stack<SplicePipe> _free = new();
    private int _made;

    /// <summary>A pipe that is empty; null when none is to be had.</summary>
    public SplicePipe? Rent()
    {
        if (_free.TryPop(out var pipe))
        {
            return pipe;
        }

        if (_made >= maxPipes)
        {
            return null;
        }

        var fds = stackalloc int[2];
        if (LinuxCalls.Pipe(fds, LinuxCalls.CloseOnExec | LinuxCalls.NonBlocking) < 0)
        {
            return null;
        }

        // Larger pipes mean fewer calls; a user may have only so much (pipe-user-pages-soft), and the standard 64 KiB do too.
        var size = LinuxCalls.FileControl(fds[1], LinuxCalls.SetPipeSize, WantedSize);
        if (size < 0)
        {
            size = LinuxCalls.FileControl(fds[1], LinuxCalls.GetPipeSize, 0);
        }

        _made++;
        return new SplicePipe(fds[0], fds[1], Math.Max(1, size / Environment.SystemPageSize));
    }

    /// <summary>Gives a pipe back; one that is not empty is closed.</summary>
    public void Return(SplicePipe pipe, bool empty)
    {
        if (empty)
        {
            _free.Push(pipe);
            return;
        }

        Close(pipe);
        _made--;
    }

    public void Dispose()
    {
        while (_free.TryPop(out var pipe))
        {
            Close(pipe);
        }
    }

    private static void Close(SplicePipe pipe)
    {
        LinuxCalls.Close(pipe.ReadEnd);
        LinuxCalls.Close(pipe.WriteEnd);
    }
}
