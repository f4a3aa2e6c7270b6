using System.Runtime.InteropServices;

namespace Culvert.Relaying;

/// <summary>The system calls that .NET does not offer (man pages epoll(7), splice(2), pipe(2), accept(2)), and those of sockets that must not go through .NET's own event loop.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;
    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint ReadHangUp = 0x2000;
    public const uint Exclusive = 1u << 28;
    public const uint EdgeTriggered = 1u << 31;

    public const int Interrupted = 4;
    public const int Again = 11;
    public const int TooManyFiles = 24;
    public const int TooManyFilesInAll = 23;
    public const int BrokenPipe = 32;
    public const int Aborted = 103;
    public const int Reset = 104;
    public const int TimedOut = 110;
    public const int Refused = 111;
    public const int IsConnected = 106;
    public const int Already = 114;
    public const int InProgress = 115;

    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int InterNetwork = 2;
    public const int InterNetworkV6 = 10;
    public const int Stream = 1;
    public const int SolSocket = 1;
    public const int SoLinger = 13;
    public const int SolTcp = 6;
    public const int TcpNoDelay = 1;
    public const int Peek = 2;
    public const int NoSignal = 0x4000;
    public const int ShutRead = 0;
    public const int ShutWrite = 1;
    public const int SetPipeSize = 1031;
    public const int GetPipeSize = 1032;
    public const uint SpliceMove = 1;
    public const uint SpliceNonBlock = 2;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int maxEvents, int timeout);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int fd, byte* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int fd, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int fd, int level, int name, int* value, int length);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int fd, int how);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int fd, byte* buffer, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int fd, byte* buffer, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* fds, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    public static partial nint Splice(int from, long* fromOffset, int to, long* toOffset, nuint count, uint flags);
}
