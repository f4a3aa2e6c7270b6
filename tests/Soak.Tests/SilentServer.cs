using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Soak.Tests;

/// <summary>Destinations that let the kernel take connections and never accept them: such cost this program no file, and their tunnels are open and say nothing.</summary>
internal sealed class SilentServer : IDisposable
{
    /// <summary>Connections of each port.</summary>
    public const int Each = 2_000;

    private readonly Socket[] _listeners = [.. Enumerable.Range(0, 4).Select(_ => Listen())];

    public IReadOnlyList<int> Ports => [.. _listeners.Select(l => ((IPEndPoint)l.LocalEndPoint!).Port)];

    /// <summary>How many connections all ports take.</summary>
    public int Capacity { get; } = SomaxConn() > Each ? Each * 4 : 0;

    public void Dispose() => Array.ForEach(_listeners, l => l.Dispose());

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(4096);
        return socket;
    }

    private static int SomaxConn() =>
        File.Exists("/proc/sys/net/core/somaxconn") ? int.Parse(File.ReadAllText("/proc/sys/net/core/somaxconn"), NumberStyles.None | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) : 0;
}
