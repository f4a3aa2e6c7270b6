using System.Runtime.InteropServices;

namespace Culvert.Lab;

/// <summary>Sends signals to single processes.</summary>
internal static class Signals
{
    public const int Hangup = 1;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends one; a process that is gone is no mistake.</summary>
    public static void Send(int process, int signal)
    {
        // 0, -1 and other negative numbers mean groups or everybody.
        ArgumentOutOfRangeException.ThrowIfLessThan(process, 2);
        _ = kill(process, signal);
    }

    [DllImport("libc", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int pid, int sig);
}
