using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Culvert.Relaying;

/// <summary>A leg over a socket that a loop of ours watches, so that its bytes can be spliced.</summary>
internal sealed class KernelLeg : Leg, IEventTarget
{
    private const uint Watched = LinuxCalls.In | LinuxCalls.Out | LinuxCalls.ReadHangUp | LinuxCalls.EdgeTriggered;
    private int _fd;
    private int _slot;
    private bool _readReady = true;
    private bool _writeReady = true;
    private bool _aborted;
    private Readiness? _reading;
    private Readiness? _writing;
    private KernelTunnel? _tunnel;

    public KernelLeg(int fd, EventLoop loop, IPEndPoint peer)
    {
        (_fd, Loop, Peer) = (fd, loop, peer);
        _slot = loop.Add(this, fd, Watched);
    }

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

    /// <summary>Waits until the connection is open; at most the limit.</summary>
    /// <returns>The error, 0 for none.</returns>
    public async ValueTask<int> WaitForConnectAsync(TimeSpan limit)
    {
        var timedOut = false;
        var done = false;
        Loop.Post(() => Loop.After(limit, () =>
        {
            if (!done)
            {
                timedOut = true;
                OnAborted();
            }
        }));
        while (!timedOut)
        {
            await WaitForWriteAsync();
            if (!timedOut && IsConnected(out var error))
            {
                done = true;
                return error;
            }
        }

        return LinuxCalls.TimedOut;
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
    public void Join(KernelTunnel tunnel, EventLoop loop)
    {
        lock (this)
        {
            if (Loop != loop)
            {
                Loop.Release(_slot, _fd);
                Loop = loop;
                _slot = loop.Add(this, _fd, Watched);
            }

            _tunnel = tunnel;
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
                Loop.Forget(_slot);
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

    private unsafe bool IsConnected(out int error)
    {
        int value;
        var length = sizeof(int);
        LinuxCalls.GetOption(_fd, LinuxCalls.SolSocket, LinuxCalls.SoError, &value, &length);
        error = value;
        if (value != 0)
        {
            return true;
        }

        // No error may also mean that it is not decided yet: an empty send tells.
        byte nothing = 0;
        return LinuxCalls.Send(_fd, &nothing, 0, LinuxCalls.NoSignal) >= 0 || Marshal.GetLastPInvokeError() != LinuxCalls.Again;
    }

    private unsafe int TryRead(Span<byte> buffer)
    {
        while (true)
        {
            _readReady = false;
            nint read;
            fixed (byte* at = buffer)
            {
                read = LinuxCalls.Receive(_fd, at, (nuint)buffer.Length, 0);
            }

            if (read == 0 && IsAborted)
            {
                throw Broken(LinuxCalls.Aborted);
            }

            if (read >= 0)
            {
                return (int)read;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == LinuxCalls.Again)
            {
                return IsAborted ? throw Broken(LinuxCalls.Aborted) : -1;
            }

            if (error != LinuxCalls.Interrupted)
            {
                throw Broken(error);
            }
        }
    }

    private unsafe int TryWrite(ReadOnlySpan<byte> bytes)
    {
        for (var written = 0; ;)
        {
            if (IsAborted)
            {
                throw Broken(LinuxCalls.Aborted);
            }

            if (written == bytes.Length)
            {
                return written;
            }

            _writeReady = false;
            nint sent;
            fixed (byte* at = bytes[written..])
            {
                sent = LinuxCalls.Send(_fd, at, (nuint)(bytes.Length - written), LinuxCalls.NoSignal);
            }

            if (sent >= 0)
            {
                written += (int)sent;
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == LinuxCalls.Again)
            {
                return written;
            }

            if (error != LinuxCalls.Interrupted)
            {
                throw Broken(error);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadSlowlyAsync(Memory<byte> buffer)
    {
        while (true)
        {
            await WaitAsync(ref _readReady, ref _reading);
            var read = TryRead(buffer.Span);
            if (read >= 0)
            {
                return read;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitForReadAsync()
    {
        while (true)
        {
            _readReady = false;
            if (HasBytesOrEnd())
            {
                return 0;
            }

            await WaitAsync(ref _readReady, ref _reading);
        }
    }

    private unsafe bool HasBytesOrEnd()
    {
        byte one;
        var read = LinuxCalls.Receive(_fd, &one, 1, LinuxCalls.Peek);
        return read >= 0 || IsAborted || Marshal.GetLastPInvokeError() is not (LinuxCalls.Again or LinuxCalls.Interrupted);
    }

    private async ValueTask WriteSlowlyAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            await WaitForWriteAsync();
            var written = TryWrite(bytes.Span);
            if (written == bytes.Length)
            {
                return;
            }

            bytes = bytes[written..];
        }
    }

    private ValueTask WaitForWriteAsync() => WaitAsync(ref _writeReady, ref _writing);

    private ValueTask WaitAsync(ref bool ready, ref Readiness? waiting)
    {
        lock (this)
        {
            // An event since the flag was cleared means: try again now.
            if (ready || _aborted)
            {
                ready = false;
                return default;
            }

            var readiness = new Readiness();
            waiting = readiness;
            return readiness.Wait();
        }
    }
}
