using System.Net.Sockets;
using Culvert.Cli;

namespace Culvert.Checking.Tests.Faults;

/// <summary>Proxies that open what they are asked for, on lines with a fault.</summary>
internal static class FaultLine
{
    private const int Piece = 1000;

    /// <summary>What becomes of the next bytes on a line: true passes them on, false loses them and all that follow.</summary>
    private delegate ValueTask<bool> Carries(int bytes, CancellationToken token);

    /// <summary>Loses what comes back in pieces larger than this, with all that follows: the answer to a TLS hello, not an alert.</summary>
    public static FaultProxy.Treat LosesAbove(int bytes) => Opens(Fine, (n, _) => ValueTask.FromResult(n <= bytes));

    /// <summary>Carries no more than this upwards, in kbit/s.</summary>
    public static FaultProxy.Treat SlowUp(int kbps) => Opens(
        async (n, token) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(n * 8.0 / kbps), TimeProvider.System, token);
            return true;
        },
        Fine);

    /// <summary>Cuts each tunnel after so many bytes upwards.</summary>
    public static FaultProxy.Treat CutsAfter(int bytes) => async (stream, token) =>
    {
        var left = bytes;
        await Opens((n, _) => (left -= n) > 0 ? ValueTask.FromResult(true) : throw new IOException("cut"), Fine)(stream, token);
    };

    private static ValueTask<bool> Fine(int bytes, CancellationToken token) => ValueTask.FromResult(true);

    private static FaultProxy.Treat Opens(Carries up, Carries down) => async (stream, token) =>
    {
        if (await Wire.ReadHeadAsync(stream, token) is not { } head || !HostPort.TryParse(head.Split(' ')[1], out var destination))
        {
            return;
        }

        using var onward = new TcpClient();
        await onward.ConnectAsync("127.0.0.1", destination.Port, token);
        await Wire.WriteAsync(stream, "HTTP/1.1 200 OK\r\n\r\n", token);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        var there = CarryAsync(stream, onward.GetStream(), up, end.Token);
        var back = CarryAsync(onward.GetStream(), stream, down, end.Token);
        await Task.WhenAny(there, back);
        await end.CancelAsync();
        await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    };

    private static async Task CarryAsync(Stream from, Stream to, Carries carries, CancellationToken token)
    {
        var buffer = new byte[Piece];
        while (await from.ReadAsync(buffer, token) is > 0 and var read)
        {
            if (!await carries(read, token))
            {
                await Wire.SilenceAsync(from, token);
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), token);
        }
    }
}
