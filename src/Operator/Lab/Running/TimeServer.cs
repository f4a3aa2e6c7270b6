using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Lab;

/// <summary>A time server of the lab (SNTP, RFC 4330, server mode).</summary>
internal sealed class TimeServer : IAsyncDisposable
{
    private const int PacketLength = 48;
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Socket _socket;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private TimeServer(Socket socket, TimeProvider clock)
    {
        (_socket, _clock) = (socket, clock);
        _running = ServeAsync(_stop.Token);
    }

    /// <summary>Starts one at an address of a host.</summary>
    public static async Task<TimeServer> StartAsync(string host, IPAddress address, TimeProvider clock) => new(
        await HostNamespace.RunAsync(host, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 123));
            return socket;
        }),
        clock);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _running;
        _stop.Dispose();
    }

    /// <summary>A client's question.</summary>
    internal static byte[] Question()
    {
        var packet = new byte[PacketLength];
        packet[0] = 0x23; // version 4, client
        return packet;
    }

    /// <summary>The answer to a question; null when it is none.</summary>
    internal static byte[]? Answer(ReadOnlySpan<byte> question, DateTimeOffset now)
    {
        if (question.Length < PacketLength || (question[0] & 7) != 3)
        {
            return null;
        }

        var answer = new byte[PacketLength];
        answer[0] = 0x24; // version 4, server
        answer[1] = 2; // stratum
        question.Slice(40, 8).CopyTo(answer.AsSpan(24)); // the client's own time comes back
        var since = now - Epoch;
        var seconds = (uint)(long)since.TotalSeconds;
        var fraction = (uint)((since.TotalSeconds - Math.Floor(since.TotalSeconds)) * uint.MaxValue);
        foreach (var at in (int[])[16, 32, 40])
        {
            BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(at), seconds);
            BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(at + 4), fraction);
        }

        return answer;
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancellationToken);
                if (Answer(buffer.AsSpan(0, received.ReceivedBytes), _clock.GetUtcNow()) is { } answer)
                {
                    await _socket.SendToAsync(answer, received.RemoteEndPoint, cancellationToken);
                }
            }
            catch (SocketException) when (!cancellationToken.IsCancellationRequested)
            {
                // One asker's port was closed again.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }
}
