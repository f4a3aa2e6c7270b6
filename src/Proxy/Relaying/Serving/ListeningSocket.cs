using System.Net;
using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>Opens sockets to listen on.</summary>
internal static class ListeningSocket
{
    // As long as the kernel allows (net.core.somaxconn cuts it): a flood of half-open connections stays in the kernel.
    private const int Backlog = 4096;

    /// <exception cref="SocketException">The address is in use or not ours.</exception>
    public static Socket Open(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            // What is accepted inherits it.
            socket.NoDelay = true;
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
