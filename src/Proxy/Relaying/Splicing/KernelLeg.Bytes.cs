using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Culvert.Relaying;

/// <summary>Reading and writing, at once where the socket can and else when it is ready.</summary>
internal sealed partial class KernelLeg
{
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
                // A buffer that was filled tells nothing of what is left. (Never set to false here: an event may have come since.)
                if (read == buffer.Length)
                {
                    _readReady = true;
                }

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
            await WaitAsync(Reads, ref _readReady, ref _reading);
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

            await WaitAsync(Reads, ref _readReady, ref _reading);
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
}
