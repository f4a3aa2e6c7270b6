using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Lab;

/// <summary>Delays what passes between a host's cable and its switch, where the kernel has no netem: two TAP devices and a queue each way between them.</summary>
/// <remarks>The host notices nothing: its own interface stays what it is.</remarks>
internal sealed class DelayLink : IAsyncDisposable
{
    private const uint SetInterface = 0x400454ca; // TUNSETIFF (linux/if_tun.h)
    private const short Tap = 0x0002;
    private const short NoPacketInfo = 0x1000;
    private const int FrameLimit = 65536;
    private const int QueueLimit = 4096;

    // Where an IPv4 header behind an Ethernet header says whose packet it is (RFC 791, RFC 894).
    private const int Source = 14 + 12;
    private const int Destination = 14 + 16;

    private readonly FileStream _host;
    private readonly FileStream _switch;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly string _port;
    private readonly string _bridge;
    private readonly string _between;

    private DelayLink(string port, string bridge, string between, FileStream host, FileStream @switch, TimeSpan delay, IReadOnlyList<IPAddress> only, TimeProvider clock)
    {
        (_port, _bridge, _between, _host, _switch) = (port, bridge, between, host, @switch);
        _running = Task.WhenAll(PassAsync(_host, _switch, Destination, delay, only, clock), PassAsync(_switch, _host, Source, delay, only, clock));
    }

    /// <summary>Puts one between a port of the fabric and its switch.</summary>
    /// <param name="port">The port.</param>
    /// <param name="bridge">The switch.</param>
    /// <param name="delay">How long frames are held, each way.</param>
    /// <param name="only">Whose packets are held, on their way there and back; empty means all.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<DelayLink> InsertAsync(string port, string bridge, TimeSpan delay, IReadOnlyList<IPAddress> only, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (a, b, between) = ($"{port}a", $"{port}b", $"{port}x");
        var host = Open(a);
        var other = Open(b);
        await Shell.RunAsync("ip", ["-batch", "-"], string.Create(CultureInfo.InvariantCulture,
            $"link add name {between} type bridge\nlink set dev {between} up\nlink set dev {a} master {between} up\nlink set dev {b} master {bridge} up\nlink set dev {port} master {between}\n"), cancellationToken);
        return new DelayLink(port, bridge, between, host, other, delay, only, clock);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Shell.RunAsync("ip", ["-batch", "-"], $"link set dev {_port} master {_bridge}\nlink del dev {_between}\nlink del dev {_port}a\nlink del dev {_port}b\n", CancellationToken.None);
        await _stop.CancelAsync();
        await _running;
        await _host.DisposeAsync();
        await _switch.DisposeAsync();
        _stop.Dispose();
    }

    // Two loops: one reads and stamps, one waits until a frame is due. A full queue drops, as a real one does.
    private async Task PassAsync(FileStream from, FileStream to, int address, TimeSpan delay, IReadOnlyList<IPAddress> only, TimeProvider clock)
    {
        var held = only.Select(a => a.GetAddressBytes()).ToList();
        var queue = System.Threading.Channels.Channel.CreateBounded<(long Due, byte[] Frame)>(new System.Threading.Channels.BoundedChannelOptions(QueueLimit) { FullMode = System.Threading.Channels.BoundedChannelFullMode.DropWrite });
        var reading = new Thread(() =>
        {
            var buffer = new byte[FrameLimit];
            try
            {
                while (!_stop.IsCancellationRequested)
                {
                    var length = from.Read(buffer);
                    if (held.Count > 0 && !IsHeld(buffer.AsSpan(0, length)))
                    {
                        lock (to)
                        {
                            to.Write(buffer.AsSpan(0, length));
                        }

                        continue;
                    }

                    queue.Writer.TryWrite((clock.GetTimestamp() + (long)(delay.TotalSeconds * clock.TimestampFrequency), buffer.AsSpan(0, length).ToArray()));
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                // The device was removed: that is how it ends.
            }

            queue.Writer.TryComplete();
        })
        { IsBackground = true, Name = "delay" };
        reading.Start();
        try
        {
            await foreach (var (due, frame) in queue.Reader.ReadAllAsync(_stop.Token))
            {
                var wait = TimeSpan.FromSeconds((due - clock.GetTimestamp()) / (double)clock.TimestampFrequency);
                if (wait > TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(wait, clock, _stop.Token);
                }

                lock (to)
                {
                    to.Write(frame);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // As above.
        }

        bool IsHeld(ReadOnlySpan<byte> frame)
        {
            if (frame.Length < Destination + 4 || frame[12] != 8 || frame[13] != 0)
            {
                return false;
            }

            foreach (var one in held)
            {
                if (frame.Slice(address, 4).SequenceEqual(one))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static FileStream Open(string name)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new FaultLacksException("delay needs /dev/net/tun where the kernel has no netem, and this user may not open it: chmod 666 /dev/net/tun, or run as root.", e);
        }

        catch (IOException e)
        {
            throw new FaultLacksException("delay needs /dev/net/tun where the kernel has no netem, and there is none (CONFIG_TUN): modprobe tun.", e);
        }

        var request = new byte[40];
        System.Text.Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(16), (short)(Tap | NoPacketInfo));
        if (ioctl(handle.DangerousGetHandle().ToInt32(), SetInterface, request) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw new FaultLacksException($"delay: TAP device {name} cannot be made: error {error}.");
        }

        return new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0, isAsync: false);
    }

    [DllImport("libc", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ioctl(int fd, nuint request, byte[] argument);
}
