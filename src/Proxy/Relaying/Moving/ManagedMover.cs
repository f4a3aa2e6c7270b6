using System.Buffers;
using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>Moves bytes through streams: the way for TLS legs and for systems without splice. An idle direction holds no buffer.</summary>
public sealed class ManagedMover : IByteMover
{
    private const int BufferSize = 64 * 1024;

    /// <inheritdoc/>
    public async ValueTask<TunnelEnd> MoveAsync(Leg client, Leg upstream, TunnelFlow flow)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(upstream);
        ArgumentNullException.ThrowIfNull(flow);
        var up = PumpAsync(client, upstream, flow, up: true);
        var down = PumpAsync(upstream, client, flow, up: false);
        var ends = await Task.WhenAll(up, down);
        return ends[0] != TunnelEnd.Closed ? ends[0] : ends[1];
    }

    private static async Task<TunnelEnd> PumpAsync(Leg from, Leg to, TunnelFlow flow, bool up)
    {
        var reading = true;
        try
        {
            if (!from.Early.IsEmpty)
            {
                var early = from.Early;
                from.Early = default;
                reading = false;
                await to.WriteAsync(early);
                flow.Add(up, early.Length);
            }

            while (true)
            {
                reading = true;
                await from.ReadAsync(Memory<byte>.Empty);
                var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
                try
                {
                    reading = true;
                    var read = await from.ReadAsync(buffer);
                    reading = false;
                    if (read == 0)
                    {
                        await to.CompleteWritesAsync();
                        return TunnelEnd.Closed;
                    }

                    await to.WriteAsync(buffer.AsMemory(0, read));
                    flow.Add(up, read);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One broken leg breaks the other: the peer must not believe that it got everything.
            from.Abort();
            to.Abort();
            return reading == up ? TunnelEnd.ClientReset : TunnelEnd.UpstreamReset;
        }
    }
}
