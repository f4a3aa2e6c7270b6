using System.Net;
using System.Net.Sockets;

namespace Culvert.Relaying;

/// <summary>A leg over a socket that a loop of ours watches, so that its bytes can be spliced.</summary>
internal sealed partial class KernelLeg : Leg, IEventTarget
{
    private const uint Reads = LinuxCalls.In | LinuxCalls.ReadHangUp | LinuxCalls.EdgeTriggered;
    private const uint Ends = LinuxCalls.ReadHangUp | LinuxCalls.HangUp | LinuxCalls.Error;
    private const int Unwatched = -1;
    private int _fd;
    private int _slot = Unwatched;
    private uint _watched;
    private bool _readReady;
    private bool _writeReady;
    private bool _hungUp;
    private bool _aborted;
    private volatile bool _late;
    private Readiness? _reading;
    private Readiness? _writing;
    private KernelTunnel? _tunnel;

    /// <summary>A leg over an open socket. It is watched from the first wait on: watching reports what is ready then, so nothing is missed, and nothing is told in vain.</summary>
    public KernelLeg(int fd, EventLoop loop, IPEndPoint peer) => (_fd, Loop, Peer) = (fd, loop, peer);

    public EventLoop Loop { get; private set; }

    /// <summary>The descriptor; for the loop's thread while a tunnel runs.</summary>
    public int Descriptor => _fd;

    public bool IsAborted => Volatile.Read(ref _aborted);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return WaitForReadAsync();
        }

        var read = TryRead(buffer.Span);
        return read >= 0 ? new(read) : ReadSlowlyAsync(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var written = TryWrite(bytes.Span);
        return written == bytes.Length ? default : WriteSlowlyAsync(bytes[Math.Max(0, written)..]);
    }

    public override ValueTask CompleteWritesAsync()
    {
        LinuxCalls.Shutdown(_fd, LinuxCalls.ShutWrite);
        return default;
    }

    public override void StopReading()
    {
        lock (this)
        {
            if (_fd >= 0)
            {
                LinuxCalls.Shutdown(_fd, LinuxCalls.ShutRead);
            }
        }
    }

    public override void Abort()
    {
        lock (this)
        {
            if (_fd < 0 || _aborted)
            {
                return;
            }

            Volatile.Write(ref _aborted, true);
            SetReset();
            // Ends reads without telling the peer; the reset goes out when the descriptor is closed.
            LinuxCalls.Shutdown(_fd, LinuxCalls.ShutRead);
        }

        Loop.Post(OnAborted);
    }

    /// <summary>Waits until the connection that was begun is open; at most the limit.</summary>
    /// <returns>The error, 0 for none.</returns>
    public async ValueTask<int> WaitForConnectAsync(TimeSpan limit)
    {
        var wait = Loop.Expect(this, limit);
        try
        {
            while (true)
            {
                _writeReady = false;
                var error = KernelDialer.Connect(_fd, Peer);
                if (error is not (LinuxCalls.Already or LinuxCalls.InProgress or LinuxCalls.Interrupted))
                {
                    return error == LinuxCalls.IsConnected ? 0 : error;
                }

                await WaitForWriteAsync();
                if (_late)
                {
                    return LinuxCalls.TimedOut;
                }
            }
        }
        finally
        {
            Loop.Connected(wait);
        }
    }

    /// <summary>The time to connect is over; called on the loop's thread.</summary>
    public void OnLate()
    {
        _late = true;
        OnAborted();
    }

    public void OnEvents(EventLoop loop, uint events)
    {
        Readiness? reading = null;
        Readiness? writing = null;
        KernelTunnel? tunnel;
        lock (this)
        {
            // The leg may have moved to another loop while this event was on its way.
            if (loop != Loop || _fd < 0)
            {
                return;
            }

            tunnel = _tunnel;
            if (tunnel is null)
            {
                _hungUp |= (events & Ends) != 0;
                if ((events & ~LinuxCalls.Out) != 0)
                {
                    _readReady = true;
                    (reading, _reading) = (_reading, null);
                }

                if ((events & ~LinuxCalls.In) != 0)
                {
                    _writeReady = true;
                    (writing, _writing) = (_writing, null);
                }
            }
        }

        tunnel?.OnEvents(this, events);
        reading?.Set();
        writing?.Set();
    }

    /// <summary>Makes the leg part of a tunnel on a loop; on that loop's thread, while nothing waits for it.</summary>
    /// <returns>What is known already: whether there may be something to read, and whether the peer said that no more comes. What is not known yet comes as an event.</returns>
    /// <exception cref="IOException">The system does not let it be watched.</exception>
    public (bool Readable, bool HungUp) Join(KernelTunnel tunnel, EventLoop loop)
    {
        lock (this)
        {
            if (Loop != loop)
            {
                if (_slot != Unwatched)
                {
                    Loop.Release(_slot, _fd);
                    _slot = Unwatched;
                }

                Loop = loop;
            }

            var fresh = _slot == Unwatched;
            Watch(Reads);
            _tunnel = tunnel;
            return fresh ? (false, false) : (_readReady || _hungUp, _hungUp);
        }
    }

    /// <summary>Asks to be told when writing is possible again. It stays so: who had to wait once will again.</summary>
    /// <exception cref="IOException">The system does not let it be watched.</exception>
    public void WatchWrites()
    {
        lock (this)
        {
            Watch(Reads | LinuxCalls.Out);
        }
    }

    /// <summary>Lets the closing send a reset, for the peer must not believe that it got everything.</summary>
    public unsafe void SetReset()
    {
        var linger = stackalloc int[2] { 1, 0 };
        LinuxCalls.SetOption(_fd, LinuxCalls.SolSocket, LinuxCalls.SoLinger, linger, 8);
    }

    protected override void Dispose(bool disposing)
    {
        int fd;
        lock (this)
        {
            (fd, _fd) = (_fd, -1);
            _tunnel = null;
            if (fd >= 0)
            {
                if (_slot != Unwatched)
                {
                    Loop.Forget(_slot);
                }

                LinuxCalls.Close(fd);
            }
        }
    }

    private static IOException Broken(int error) => new($"The connection broke (error {error}).", new SocketException(error));

    private void OnAborted()
    {
        Readiness? reading;
        Readiness? writing;
        KernelTunnel? tunnel;
        lock (this)
        {
            tunnel = _tunnel;
            (reading, _reading) = (_reading, null);
            (writing, _writing) = (_writing, null);
            _readReady = _writeReady = true;
        }

        tunnel?.Break(this);
        reading?.Set();
        writing?.Set();
    }

    // Under the leg's lock.
    private void Watch(uint events)
    {
        if (_fd < 0)
        {
            throw Broken(LinuxCalls.Aborted);
        }

        if (_slot == Unwatched)
        {
            _slot = Loop.Add(this, _fd, events);
            _watched = events;
        }
        else if ((_watched & events) != events)
        {
            _watched |= events;
            Loop.Change(_slot, _fd, _watched);
        }
    }

    private ValueTask WaitForWriteAsync() => WaitAsync(Reads | LinuxCalls.Out, ref _writeReady, ref _writing);

    private ValueTask WaitAsync(uint events, ref bool ready, ref Readiness? waiting)
    {
        lock (this)
        {
            // An event since the flag was cleared means: try again now.
            if (ready || _aborted)
            {
                ready = false;
                return default;
            }

            Watch(events);
            var readiness = new Readiness();
            waiting = readiness;
            return readiness.Wait();
        }
    }
}
