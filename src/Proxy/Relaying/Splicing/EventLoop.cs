using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Culvert.Relaying;

/// <summary>One thread that waits for the events of many sockets (epoll, edge-triggered) and serves them. Everything of one tunnel happens on one loop, so a tunnel needs no locks.</summary>
internal sealed unsafe class EventLoop : IDisposable
{
    private const int MaxEvents = 256;
    private const ulong WakeMark = ulong.MaxValue;

    // struct epoll_event is packed on x86-64 only (eventpoll.h, EPOLL_PACKED).
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    [ThreadStatic]
    private static EventLoop? t_current;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly TimeProvider _clock;
    private readonly Action<Exception> _onMistake;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = [];
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Queue<KernelTunnel> _again = new();
    private readonly List<(long Due, Action Action)> _delayed = [];
    private readonly LinkedList<(long Due, KernelLeg Leg)> _connecting = new();
    private (IEventTarget? Target, uint Generation)[] _slots = new (IEventTarget?, uint)[256];
    private long _nextLook;
    private int _used;
    private volatile bool _stopping;
    private volatile bool _ended;

    /// <exception cref="IOException">The system gives no descriptor.</exception>
    public EventLoop(TimeProvider clock, int maxPipes, Action<Exception> onMistake)
    {
        (_clock, _onMistake) = (clock, onMistake);
        _epoll = LinuxCalls.EpollCreate(LinuxCalls.CloseOnExec);
        _wake = LinuxCalls.EventFd(0, LinuxCalls.CloseOnExec | LinuxCalls.NonBlocking);
        if (_epoll < 0 || _wake < 0)
        {
            throw new IOException("The system gives no descriptors for an event loop.");
        }

        Control(LinuxCalls.EpollAdd, _wake, LinuxCalls.In, WakeMark);
        Pipes = new PipePool(maxPipes);
        _thread = new Thread(Run) { IsBackground = true, Name = "culvert-loop" };
        _thread.Start();
    }

    /// <summary>The loop whose thread this is; null on other threads.</summary>
    public static EventLoop? Current => t_current;

    /// <summary>The loop's pipes; for its thread alone.</summary>
    public PipePool Pipes { get; }

    public TimeProvider Clock => _clock;

    public bool IsCurrent => t_current == this;

    /// <summary>Watches a descriptor. Gives the slot for <see cref="Release"/>.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public int Add(IEventTarget target, int fd, uint events)
    {
        int slot;
        uint generation;
        lock (_gate)
        {
            if (!_free.TryPop(out slot))
            {
                slot = _used++;
                if (slot == _slots.Length)
                {
                    Array.Resize(ref _slots, _slots.Length * 2);
                }
            }

            generation = _slots[slot].Generation + 1;
            _slots[slot] = (target, generation);
        }

        try
        {
            Control(LinuxCalls.EpollAdd, fd, events, Mark(slot, generation));
            return slot;
        }
        catch (IOException)
        {
            Forget(slot);
            throw;
        }
    }

    /// <summary>Watches other events of a descriptor. One that is true already is told too.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public void Change(int slot, int fd, uint events)
    {
        uint generation;
        lock (_gate)
        {
            generation = _slots[slot].Generation;
        }

        Control(LinuxCalls.EpollModify, fd, events, Mark(slot, generation));
    }

    /// <summary>Stops watching a descriptor that stays open. Events under way for the slot are dropped.</summary>
    public void Release(int slot, int fd)
    {
        if (!_ended)
        {
            LinuxCalls.EpollControl(_epoll, LinuxCalls.EpollDelete, fd, null);
        }

        Forget(slot);
    }

    /// <summary>Gives up the slot of a descriptor that is being closed: closing ends the watching by itself, as ours are never duplicated (epoll(7)).</summary>
    public void Forget(int slot)
    {
        lock (_gate)
        {
            _slots[slot].Target = null;
            _free.Push(slot);
        }
    }

    /// <summary>Runs an action on the loop's thread, soon.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        if (!IsCurrent)
        {
            Wake();
        }
    }

    /// <summary>Tells a leg when it is not connected after a time, until that is taken back by <see cref="Connected"/>.</summary>
    public LinkedListNode<(long Due, KernelLeg Leg)> Expect(KernelLeg leg, TimeSpan limit)
    {
        LinkedListNode<(long, KernelLeg)> node = new((_clock.GetTimestamp() + Ticks(limit), leg));
        lock (_gate)
        {
            _connecting.AddLast(node);
        }

        if (!IsCurrent)
        {
            Wake();
        }

        return node;
    }

    /// <summary>The wait is over.</summary>
    public void Connected(LinkedListNode<(long Due, KernelLeg Leg)> node)
    {
        lock (_gate)
        {
            if (node.List is not null)
            {
                _connecting.Remove(node);
            }
        }
    }

    /// <summary>Runs an action on the loop's thread after a time; call it there.</summary>
    public void After(TimeSpan time, Action action) => _delayed.Add((_clock.GetTimestamp() + Ticks(time), action));

    /// <summary>Goes on with a tunnel after the others had their turn; call it on the loop's thread.</summary>
    public void Again(KernelTunnel tunnel) => _again.Enqueue(tunnel);

    public void Dispose()
    {
        _stopping = true;
        Wake();
        if (!IsCurrent)
        {
            _thread.Join();
        }
    }

    private static ulong Mark(int slot, uint generation) => ((ulong)generation << 32) | (uint)slot;

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _clock.TimestampFrequency);

    private void Control(int operation, int fd, uint events, ulong data)
    {
        if (_ended)
        {
            throw new IOException("The event loop has ended.");
        }

        var buffer = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(buffer, 4), events);
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(buffer + DataOffset, 8), data);
        if (LinuxCalls.EpollControl(_epoll, operation, fd, buffer) < 0)
        {
            throw new IOException($"epoll_ctl failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            // Once the loop has ended, the number may be another's.
            if (!_ended)
            {
                ulong one = 1;
                LinuxCalls.Write(_wake, (byte*)&one, 8);
            }
        }
    }

    private void Run()
    {
        t_current = this;
        var events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * EventSize));
        while (!_stopping)
        {
            var timeout = _again.Count > 0 || !_posted.IsEmpty ? 0 : _delayed.Count > 0 || _connecting.Count > 0 ? 50 : -1;
            var count = LinuxCalls.EpollWait(_epoll, events, MaxEvents, timeout);
            for (var i = 0; i < count; i++)
            {
                var at = events + (i * EventSize);
                Dispatch(*(uint*)at, BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(at + DataOffset, 8)));
            }

            RunDelayed();
            for (var turns = _posted.Count; turns > 0 && _posted.TryDequeue(out var action); turns--)
            {
                Guard(action);
            }

            for (var turns = _again.Count; turns > 0; turns--)
            {
                var tunnel = _again.Dequeue();
                try
                {
                    tunnel.Continue();
                }
#pragma warning disable CA1031 // One tunnel's mistake must not end the loop of thousands.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    _onMistake(e);
                }
            }
        }

        NativeMemory.Free(events);
        Pipes.Dispose();
        lock (_gate)
        {
            _ended = true;
            LinuxCalls.Close(_wake);
            LinuxCalls.Close(_epoll);
        }
    }

    private void Dispatch(uint events, ulong data)
    {
        if (data == WakeMark)
        {
            ulong count;
            LinuxCalls.Read(_wake, (byte*)&count, 8);
            return;
        }

        IEventTarget? target;
        lock (_gate)
        {
            var slot = _slots[(int)(uint)data];
            target = slot.Generation == (uint)(data >> 32) ? slot.Target : null;
        }

        if (target is null)
        {
            return;
        }

        try
        {
            target.OnEvents(this, events);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onMistake(e);
        }
    }

    private void RunDelayed()
    {
        if (_delayed.Count == 0 && _connecting.Count == 0)
        {
            return;
        }

        // Not at every turn: there may be thousands, and fifty milliseconds are exact enough for such deadlines.
        var now = _clock.GetTimestamp();
        if (now < _nextLook)
        {
            return;
        }

        _nextLook = now + (_clock.TimestampFrequency / 20);
        for (var i = _delayed.Count - 1; i >= 0; i--)
        {
            if (_delayed[i].Due <= now)
            {
                var action = _delayed[i].Action;
                _delayed.RemoveAt(i);
                Guard(action);
            }
        }

        foreach (var leg in Late(now))
        {
            leg.OnLate();
        }
    }

    private List<KernelLeg> Late(long now)
    {
        List<KernelLeg> late = [];
        lock (_gate)
        {
            for (var node = _connecting.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Due <= now)
                {
                    _connecting.Remove(node);
                    late.Add(node.Value.Leg);
                }

                node = next;
            }
        }

        return late;
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onMistake(e);
        }
    }
}
