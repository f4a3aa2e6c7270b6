using System.Net;
using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>Connects with the sockets of .NET, one address after the other; each gets its share of what is left of the limit.</summary>
public sealed class SocketTcpDialer(TimeProvider clock) : ITcpDialer
{
    /// <inheritdoc/>
    public async ValueTask<(Leg? Leg, Cause Cause, string? Evidence)> ConnectAsync(
        IReadOnlyList<IPAddress> addresses, int port, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        var started = clock.GetTimestamp();
        (Leg? Leg, Cause Cause, string? Evidence) last = (null, Cause.NetworkUnreachable, "no address");
        for (var i = 0; i < addresses.Count; i++)
        {
            var left = limit - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            last = await ConnectAsync(new IPEndPoint(addresses[i], port), left / (addresses.Count - i), cancellationToken);
            if (last.Leg is not null)
            {
                break;
            }
        }

        return last;
    }

    private async ValueTask<(Leg? Leg, Cause Cause, string? Evidence)> ConnectAsync(IPEndPoint endPoint, TimeSpan limit, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(endPoint, both.Token);
            return (new StreamLeg(new NetworkStream(socket, ownsSocket: true), socket) { Peer = endPoint }, Cause.None, null);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            return (null, Cause.ConnectionTimedOut, $"{endPoint} did not answer within {limit.TotalSeconds:0.#} s");
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return (null, ConnectFault.Of(e.SocketErrorCode), $"{endPoint}: {e.SocketErrorCode}");
        }
    }
}
