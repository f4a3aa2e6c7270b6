using System.Runtime.InteropServices;

namespace Culvert.Lab;

/// <summary>Does things as a host of the lab does them: on a thread that has entered the host's network namespace.</summary>
/// <remarks>A socket belongs for ever to the namespace it was made in, so that only making it needs the thread.</remarks>
internal static class HostNamespace
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET (sched.h)

    /// <summary>Runs a function in a host's namespace and gives its result. The function must not await.</summary>
    public static Task<T> RunAsync<T>(string host, Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        // A thread of its own, which ends: one that came back to a pool would take strangers' work into the namespace.
        var thread = new Thread(() =>
        {
            try
            {
                using (var file = File.OpenHandle($"/run/netns/{host}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
                {
                    if (setns(file.DangerousGetHandle().ToInt32(), NetworkNamespace) != 0)
                    {
                        throw new IOException($"The namespace of {host} cannot be entered: error {Marshal.GetLastPInvokeError()}.");
                    }
                }

                done.SetResult(function());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = $"in {host}" };
        thread.Start();
        return done.Task;
    }

    [DllImport("libc", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setns(int fd, int nstype);
}
