using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Culvert.Tunnels;

namespace Culvert.Relaying;

/// <summary>Connects sockets that our loops watch: at once where the kernel can, and without a timer of its own where it can't.</summary>
internal sealed class KernelDialer(IReadOnlyList<EventLoop> loops) : ITcpDialer, ITcpConnector
{
    private int _next;

    public ValueTask<(Leg? Leg, Cause Cause, string? Evidence)> ConnectAsync(
        IReadOnlyList<IPAddress> addresses, int port, TimeSpan limit, CancellationToken cancellationToken) =>
        addresses.Count == 1 ? ConnectAsync(new IPEndPoint(addresses[0], port), limit) : ConnectOneByOneAsync(addresses, port, limit);

    async ValueTask<(Stream? Stream, Cause Cause, string? Evidence)> ITcpConnector.ConnectAsync(
        IReadOnlyList<IPAddress> addresses, int port, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (leg, cause, evidence) = await ConnectAsync(addresses, port, limit, cancellationToken);
        return (leg is null ? null : new LegStream(leg), cause, evidence ?? leg?.Peer.ToString());
    }

    public static unsafe void SetNoDelay(int fd)
    {
        var on = 1;
        LinuxCalls.SetOption(fd, LinuxCalls.SolTcp, LinuxCalls.TcpNoDelay, &on, sizeof(int));
    }

    /// <summary>Begins to connect a socket, or asks how it stands when that was begun before (connect(2): EALREADY while it is under way, once 0 when it is open).</summary>
    /// <returns>The error; 0 for none.</returns>
    public static unsafe int Connect(int fd, IPEndPoint endPoint)
    {
        // struct sockaddr_in and sockaddr_in6, in place: the classes of .NET for this cost three objects a tunnel.
        var address = stackalloc byte[28];
        var bytes = new Span<byte>(address, 28);
        bytes.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)endPoint.Port);
        var v6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        *(ushort*)address = (ushort)(v6 ? LinuxCalls.InterNetworkV6 : LinuxCalls.InterNetwork);
        endPoint.Address.TryWriteBytes(bytes[(v6 ? 8 : 4)..], out _);
        if (v6)
        {
            *(uint*)(address + 24) = (uint)endPoint.Address.ScopeId;
        }

        return LinuxCalls.Connect(fd, address, v6 ? 28 : 16) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    private static (Leg? Leg, Cause Cause, string? Evidence) Failed(IPEndPoint endPoint, int error, TimeSpan limit) => error switch
    {
        LinuxCalls.TimedOut => (null, Cause.ConnectionTimedOut, $"{endPoint} did not answer within {limit.TotalSeconds:0.#} s"),
        LinuxCalls.Refused => (null, Cause.ConnectionRefused, $"{endPoint}: connection refused"),
        LinuxCalls.Reset => (null, Cause.ConnectionReset, $"{endPoint}: connection reset"),
        _ => (null, Cause.NetworkUnreachable, $"{endPoint}: {Marshal.GetPInvokeErrorMessage(error)}"),
    };

    private async ValueTask<(Leg? Leg, Cause Cause, string? Evidence)> ConnectOneByOneAsync(IReadOnlyList<IPAddress> addresses, int port, TimeSpan limit)
    {
        (Leg? Leg, Cause Cause, string? Evidence) last = (null, Cause.NetworkUnreachable, "no address");
        var clock = loops[0].Clock;
        var started = clock.GetTimestamp();
        for (var i = 0; i < addresses.Count && last.Leg is null; i++)
        {
            var left = limit - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            last = await ConnectAsync(new IPEndPoint(addresses[i], port), left / (addresses.Count - i));
        }

        return last;
    }

    private ValueTask<(Leg? Leg, Cause Cause, string? Evidence)> ConnectAsync(IPEndPoint endPoint, TimeSpan limit)
    {
        var v6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        var fd = LinuxCalls.Socket(v6 ? LinuxCalls.InterNetworkV6 : LinuxCalls.InterNetwork, LinuxCalls.Stream | LinuxCalls.NonBlocking | LinuxCalls.CloseOnExec, 0);
        if (fd < 0)
        {
            return new(Failed(endPoint, Marshal.GetLastPInvokeError(), limit));
        }

        SetNoDelay(fd);
        var error = Connect(fd, endPoint);
        if (error == LinuxCalls.InProgress)
        {
            // Asking again tells how it stands: where the answer came at once there is nothing to wait for.
            error = Connect(fd, endPoint);
        }

        if (error is not (0 or LinuxCalls.IsConnected or LinuxCalls.Already or LinuxCalls.InProgress))
        {
            LinuxCalls.Close(fd);
            return new(Failed(endPoint, error, limit));
        }

        var loop = EventLoop.Current ?? loops[(Interlocked.Increment(ref _next) & int.MaxValue) % loops.Count];
        var leg = new KernelLeg(fd, loop, endPoint);
        return error is 0 or LinuxCalls.IsConnected ? new((leg, Cause.None, null)) : WaitAsync(leg, endPoint, limit);
    }

    private static async ValueTask<(Leg? Leg, Cause Cause, string? Evidence)> WaitAsync(KernelLeg leg, IPEndPoint endPoint, TimeSpan limit)
    {
        try
        {
            var error = await leg.WaitForConnectAsync(limit);
            if (error == 0)
            {
                return (leg, Cause.None, null);
            }

            leg.Dispose();
            return Failed(endPoint, error, limit);
        }
        catch (IOException e)
        {
            leg.Dispose();
            return (null, Cause.NetworkUnreachable, $"{endPoint}: {e.Message}");
        }
    }
}
