using System.Net.Sockets;
using System.Text;

namespace Culvert.Cli;

/// <summary>Small pieces of which misbehaving peers are made.</summary>
internal static class Wire
{
    public static async Task WriteAsync(Stream stream, string text, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>Reads up to the end of a request's head; null when the peer leaves before.</summary>
    public static async Task<string?> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (text.Length < 64 * 1024)
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            text.Append((char)one[0]);
            if (text.Length >= 4 && one[0] == '\n' && text.ToString(text.Length - 4, 4) == "\r\n\r\n")
            {
                return text.ToString();
            }
        }

        return null;
    }

    /// <summary>Stays until it is stopped or the peer leaves, and says nothing.</summary>
    public static async Task SilenceAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }

    /// <summary>Writes one character after the other, with a pause after each.</summary>
    public static async Task DripAsync(Stream stream, string text, TimeSpan pause, CancellationToken cancellationToken)
    {
        foreach (var c in text)
        {
            await WriteAsync(stream, c.ToString(), cancellationToken);
            await Task.Delay(pause, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Leaves with a reset.</summary>
    public static void Reset(NetworkStream stream)
    {
        stream.Socket.LingerState = new LingerOption(true, 0);
        stream.Socket.Close();
    }

    /// <summary>Moves bytes both ways until one side ends.</summary>
    public static async Task RelayAsync(Stream a, Stream b, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var there = a.CopyToAsync(b, end.Token);
        var back = b.CopyToAsync(a, end.Token);
        await Task.WhenAny(there, back);
        await end.CancelAsync();
        await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
