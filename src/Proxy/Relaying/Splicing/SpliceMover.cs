namespace Culvert.Relaying;

/// <summary>Moves bytes by splice(2): from socket to socket through a pipe, without copying them into this process.</summary>
internal sealed class SpliceMover : IByteMover
{
    public ValueTask<TunnelEnd> MoveAsync(Leg client, Leg upstream, TunnelFlow flow)
    {
        var (from, to) = ((KernelLeg)client, (KernelLeg)upstream);
        return from.Early.IsEmpty && to.Early.IsEmpty ? new KernelTunnel(from, to, flow).Run() : MoveWithEarlyAsync(from, to, flow);
    }

    private static async ValueTask<TunnelEnd> MoveWithEarlyAsync(KernelLeg client, KernelLeg upstream, TunnelFlow flow)
    {
        var end = TunnelEnd.UpstreamReset;
        try
        {
            // At most a request head's worth, which the sockets' own buffers hold.
            await PassEarlyAsync(client, upstream, flow, up: true);
            end = TunnelEnd.ClientReset;
            await PassEarlyAsync(upstream, client, flow, up: false);
        }
        catch (IOException)
        {
            client.Abort();
            upstream.Abort();
            return end;
        }

        return await new KernelTunnel(client, upstream, flow).Run();
    }

    private static async ValueTask PassEarlyAsync(KernelLeg from, KernelLeg to, TunnelFlow flow, bool up)
    {
        var early = from.Early;
        from.Early = default;
        if (!early.IsEmpty)
        {
            await to.WriteAsync(early);
            flow.Add(up, early.Length);
        }
    }
}
