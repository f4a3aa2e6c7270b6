using System.Net;
using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>Accepts the connections of one address.</summary>
internal sealed class Listener(RelayServer server, ListenerSettings settings) : IDisposable
{
    // As long as the kernel allows (net.core.somaxconn cuts it): a flood of half-open connections stays in the kernel.
    private const int Backlog = 4096;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);
    private readonly Socket _socket = new(settings.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

    public IPEndPoint Start()
    {
        if (settings.EndPoint.Address.Equals(IPAddress.IPv6Any))
        {
            _socket.DualMode = true;
        }

        _socket.Bind(settings.EndPoint);
        _socket.Listen(Backlog);
        _ = AcceptAsync();
        return (IPEndPoint)_socket.LocalEndPoint!;
    }

    public void Dispose() => _socket.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _socket.AcceptAsync(server.Stopping);
                socket.NoDelay = true;
                var peer = (IPEndPoint)socket.RemoteEndPoint!;
                var plain = peer.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(peer.Address.MapToIPv4(), peer.Port) : peer;
                server.Serve(settings, new StreamLeg(new NetworkStream(socket, ownsSocket: true), socket) { Peer = plain });
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException || (e is SocketException && server.IsDraining))
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, or the client left before it was accepted: neither may end the proxy.
                if (e.SocketErrorCode is not SocketError.ConnectionReset and not SocketError.ConnectionAborted)
                {
                    RelayLog.CannotAccept(server.Logger, settings.EndPoint.ToString(), e.SocketErrorCode.ToString());
                    await Task.Delay(RetryAfter, server.Clock, CancellationToken.None);
                }
            }
        }
    }
}
