using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Culvert.Relaying;

/// <summary>One tunnel whose bytes the kernel moves. All of it runs on the thread of one loop.</summary>
internal sealed unsafe class KernelTunnel : IValueTaskSource<TunnelEnd>
{
    // A tunnel that has always something to move lets the others take turns.
    private const int Turns = 16;
    private const int MaxAtOnce = 1 << 20;
    private const int CopyAtOnce = 16 * 1024;
    private readonly EventLoop _loop;
    private readonly TunnelFlow _flow;
    private ManualResetValueTaskSourceCore<TunnelEnd> _core;
    private Way _up;
    private Way _down;
    private bool _queued;
    private bool _done;

    public KernelTunnel(KernelLeg client, KernelLeg upstream, TunnelFlow flow)
    {
        (_loop, _flow) = (client.Loop, flow);
        _up = new Way { From = client, To = upstream };
        _down = new Way { From = upstream, To = client };
    }

    public ValueTask<TunnelEnd> Run()
    {
        var result = new ValueTask<TunnelEnd>(this, _core.Version);
        if (_loop.IsCurrent)
        {
            Start();
        }
        else
        {
            _loop.Post(Start);
        }

        return result;
    }

    public void OnEvents(KernelLeg leg, uint events)
    {
        if (_done)
        {
            return;
        }

        if ((events & LinuxCalls.Error) != 0)
        {
            Break(leg, isDead: true);
            return;
        }

        var isClient = leg == _up.From;
        ref var reads = ref isClient ? ref _up : ref _down;
        ref var writes = ref isClient ? ref _down : ref _up;
        reads.Readable |= (events & ~LinuxCalls.Out) != 0;
        reads.HungUp |= (events & (LinuxCalls.ReadHangUp | LinuxCalls.HangUp)) != 0;
        writes.Writable |= (events & (LinuxCalls.Out | LinuxCalls.HangUp)) != 0;
        Continue();
    }

    /// <summary>Moves what can be moved now.</summary>
    public void Continue()
    {
        _queued = false;
        if (_done)
        {
            return;
        }

        var more = false;
        if (!Move(ref _up, up: true, ref more) || !Move(ref _down, up: false, ref more))
        {
            return;
        }

        if (_up.Finished && _down.Finished)
        {
            Complete(TunnelEnd.Closed);
        }
        else if (more && !_queued)
        {
            _queued = true;
            _loop.Again(this);
        }
    }

    /// <summary>Ends the tunnel because a leg broke; the other is reset too.</summary>
    /// <param name="leg">The leg.</param>
    /// <param name="isDead">Whether its connection is gone already, so that no reset need be sent on it.</param>
    public void Break(KernelLeg leg, bool isDead = false)
    {
        if (_done)
        {
            return;
        }

        if (!isDead)
        {
            leg.SetReset();
        }

        (leg == _up.From ? _up.To : _up.From).SetReset();
        Complete(leg == _up.From ? TunnelEnd.ClientReset : TunnelEnd.UpstreamReset);
    }

    TunnelEnd IValueTaskSource<TunnelEnd>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TunnelEnd>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<TunnelEnd>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private void Start()
    {
        try
        {
            (_up.Readable, _up.HungUp) = _up.From.Join(this, _loop);
            (_down.Readable, _down.HungUp) = _up.To.Join(this, _loop);
        }
        catch (IOException)
        {
            Break(_up.To);
            return;
        }

        if (_up.From.IsAborted || _up.To.IsAborted)
        {
            Break(_up.From.IsAborted ? _up.From : _up.To);
            return;
        }

        // Writing is tried first: that it is not possible shows itself.
        _up.Writable = _down.Writable = true;
        Continue();
    }

    private void Complete(TunnelEnd end)
    {
        _done = true;
        Detach(ref _up);
        Detach(ref _down);
        _core.SetResult(end);
    }

    private void Detach(ref Way way)
    {
        if (way.Pipe is { } pipe)
        {
            _loop.Pipes.Return(pipe, way.InPipe == 0);
            way.Pipe = null;
        }
    }

    /// <summary>Moves one way. Gives false when the tunnel ended.</summary>
    private bool Move(ref Way way, bool up, ref bool more)
    {
        for (var turn = 0; turn < Turns && !way.Finished; turn++)
        {
            if (way.InPipe > 0)
            {
                if (!way.Writable)
                {
                    return true;
                }

                if (!Drain(ref way, up))
                {
                    return false;
                }

                continue;
            }

            if (way.Ended)
            {
                // All that came is passed on; now its end is.
                LinuxCalls.Shutdown(way.To.Descriptor, LinuxCalls.ShutWrite);
                way.Finished = true;
                break;
            }

            // What cannot be passed on is not read: the sender feels the slow reader as if they were connected directly.
            if (!way.Readable || !way.Writable)
            {
                Detach(ref way);
                return true;
            }

            way.Pipe ??= _loop.Pipes.Rent();
            if (!(way.Pipe is null ? Copy(ref way, up) : Fill(ref way)))
            {
                return false;
            }
        }

        if (way.InPipe == 0)
        {
            Detach(ref way);
        }

        more |= !way.Finished && (way.InPipe > 0 ? way.Writable : way.Ended || (way.Readable && way.Writable));
        return true;
    }

    private bool Fill(ref Way way)
    {
        var moved = LinuxCalls.Splice(way.From.Descriptor, null, way.Pipe!.WriteEnd, null, MaxAtOnce, LinuxCalls.SpliceMove | LinuxCalls.SpliceNonBlock);
        if (moved > 0)
        {
            way.InPipe += moved;

            // Fewer bytes than the pipe holds pieces: it was not the pipe that ended it, so the socket is empty, and what comes next is told. Unless what comes
            // next is the end, which was told before.
            way.Readable = moved >= way.Pipe!.Slots || way.HungUp;
            return true;
        }

        if (moved == 0)
        {
            way.Ended = true;
            return true;
        }

        return Excused(ref way.Readable, way.From);
    }

    private bool Drain(ref Way way, bool up)
    {
        var moved = LinuxCalls.Splice(way.Pipe!.ReadEnd, null, way.To.Descriptor, null, (nuint)way.InPipe, LinuxCalls.SpliceMove | LinuxCalls.SpliceNonBlock);
        if (moved > 0)
        {
            way.InPipe -= moved;
            _flow.Add(up, moved);
            return true;
        }

        return moved == 0 || ExcusedWrite(ref way);
    }

    // Without a pipe: looks at the bytes, sends what is taken, and only then takes that much out. Nothing is kept in between.
    private bool Copy(ref Way way, bool up)
    {
        var buffer = stackalloc byte[CopyAtOnce];
        var seen = LinuxCalls.Receive(way.From.Descriptor, buffer, CopyAtOnce, LinuxCalls.Peek);
        if (seen <= 0)
        {
            way.Ended = seen == 0;
            return seen == 0 || Excused(ref way.Readable, way.From);
        }

        var sent = LinuxCalls.Send(way.To.Descriptor, buffer, (nuint)seen, LinuxCalls.NoSignal);
        if (sent < 0)
        {
            return ExcusedWrite(ref way);
        }

        LinuxCalls.Receive(way.From.Descriptor, buffer, (nuint)sent, 0);
        _flow.Add(up, sent);
        return true;
    }

    private bool ExcusedWrite(ref Way way)
    {
        if (!Excused(ref way.Writable, way.To))
        {
            return false;
        }

        if (!way.Writable)
        {
            try
            {
                way.To.WatchWrites();
            }
            catch (IOException)
            {
                Break(way.To);
                return false;
            }
        }

        return true;
    }

    private bool Excused(ref bool ready, KernelLeg leg)
    {
        switch (Marshal.GetLastPInvokeError())
        {
            case LinuxCalls.Again:
                ready = false;
                return true;
            case LinuxCalls.Interrupted:
                return true;
            default:
                Break(leg);
                return false;
        }
    }

    /// <summary>One direction.</summary>
    private struct Way
    {
        public KernelLeg From;
        public KernelLeg To;
        public SplicePipe? Pipe;
        public long InPipe;
        public bool Readable;
        public bool Writable;

        /// <summary>The end of what the sender sends is on its way, behind bytes perhaps.</summary>
        public bool HungUp;

        /// <summary>All that the sender sent was read.</summary>
        public bool Ended;

        /// <summary>And the receiver was told.</summary>
        public bool Finished;
    }
}
