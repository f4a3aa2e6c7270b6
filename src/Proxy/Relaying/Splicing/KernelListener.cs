using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Culvert.Relaying;

/// <summary>Accepts connections on all loops: each serves those that it accepted.</summary>
internal sealed unsafe class KernelListener(RelayServer server, ListenerSettings settings, IReadOnlyList<EventLoop> loops) : IListener, IEventTarget
{
    private const int AtOnce = 64;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);
    private readonly Socket _socket = ListeningSocket.Open(settings.EndPoint);
    private readonly Lock _gate = new();
    private readonly Dictionary<EventLoop, int> _slots = [];
    private volatile bool _closed;

    public IPEndPoint Start()
    {
        _socket.Blocking = false;
        foreach (var loop in loops)
        {
            Watch(loop);
        }

        return (IPEndPoint)_socket.LocalEndPoint!;
    }

    public void OnEvents(EventLoop loop, uint events)
    {
        // No lock while accepting, as it would hold up the other loops; the handle stays ours until it is given back.
        var held = false;
        try
        {
            _socket.SafeHandle.DangerousAddRef(ref held);
            Accept(loop, (int)_socket.SafeHandle.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            // Closed while the event was on its way.
        }
        finally
        {
            if (held)
            {
                _socket.SafeHandle.DangerousRelease();
            }
        }
    }

    private void Accept(EventLoop loop, int listening)
    {
        var address = stackalloc byte[32];
        for (var i = 0; i < AtOnce && !_closed; i++)
        {
            var length = 32;
            var fd = LinuxCalls.Accept(listening, address, &length, LinuxCalls.CloseOnExec | LinuxCalls.NonBlocking);
            if (fd < 0)
            {
                OnError(loop, Marshal.GetLastPInvokeError());
                return;
            }

            server.Serve(settings, new KernelLeg(fd, loop, Peer(address)));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            foreach (var (loop, slot) in _slots)
            {
                loop.Release(slot, (int)_socket.Handle);
            }
        }

        // Waits for those that accept just now.
        _socket.Dispose();
    }

    private static IPEndPoint Peer(byte* address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(address + 2, 2));
        if (*(ushort*)address == 2)
        {
            return new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), port);
        }

        var v6 = new IPAddress(new ReadOnlySpan<byte>(address + 8, 16));
        return new IPEndPoint(v6.IsIPv4MappedToIPv6 ? v6.MapToIPv4() : v6, port);
    }

    private void Watch(EventLoop loop)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _slots[loop] = loop.Add(this, (int)_socket.Handle, LinuxCalls.In | LinuxCalls.Exclusive);
            }
        }
    }

    private void OnError(EventLoop loop, int error)
    {
        if (error is not (LinuxCalls.TooManyFiles or LinuxCalls.TooManyFilesInAll))
        {
            // Nothing to accept any more, or the client left before it was accepted.
            return;
        }

        // The event would come again at once and for ever; look away for a moment.
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            loop.Release(_slots[loop], (int)_socket.Handle);
            _slots.Remove(loop);
        }

        RelayLog.CannotAccept(server.Logger, settings.EndPoint.ToString(), "too many open files");
        loop.After(RetryAfter, () => Watch(loop));
    }
}
