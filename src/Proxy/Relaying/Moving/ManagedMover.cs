using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

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
        // When one way breaks it takes the other with it: the first to break knows the cause.
        var broken = new StrongBox<int>((int)TunnelEnd.Open);
        await Task.WhenAll(PumpAsync(client, upstream, flow, broken, up: true), PumpAsync(upstream, client, flow, broken, up: false));
        return broken.Value == (int)TunnelEnd.Open ? TunnelEnd.Closed : (TunnelEnd)broken.Value;
    }

    private static async Task PumpAsync(Leg from, Leg to, TunnelFlow flow, StrongBox<int> broken, bool up)
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
                        return;
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
            var end = reading == up ? TunnelEnd.ClientReset : TunnelEnd.UpstreamReset;
            Interlocked.CompareExchange(ref broken.Value, (int)end, (int)TunnelEnd.Open);
            from.Abort();
            to.Abort();
        }
    }
}
