using System.Net.Security;
using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>A leg over a stream of .NET: a plain socket, or TLS.</summary>
/// <param name="stream">The stream; owned.</param>
/// <param name="socket">The socket under it; null where it is not known (TLS of a dialer).</param>
public sealed class StreamLeg(Stream stream, Socket? socket) : Leg
{
    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => stream.ReadAsync(buffer);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes);

    /// <inheritdoc/>
    public override async ValueTask CompleteWritesAsync()
    {
        if (stream is SslStream tls)
        {
            await tls.ShutdownAsync();
        }

        socket?.Shutdown(SocketShutdown.Send);
    }

    /// <inheritdoc/>
    public override void StopReading()
    {
        if (socket is null)
        {
            Abort();
            return;
        }

        try
        {
            socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already, which ends a read too.
        }
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        try
        {
            if (socket is not null)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        stream.Dispose();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
            socket?.Dispose();
        }
    }
}
