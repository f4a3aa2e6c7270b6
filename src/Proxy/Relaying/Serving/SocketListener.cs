using System.Net;
using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>Accepts the connections of one address.</summary>
internal sealed class SocketListener(RelayServer server, ListenerSettings settings) : IListener
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);
    private readonly Socket _socket = ListeningSocket.Open(settings.EndPoint);

    public IPEndPoint Start()
    {
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
