using System.Net.Sockets;
using System.Text.Json;

namespace Culvert.Lab;

/// <summary>The answers to one command. Who asked may be gone; then they go nowhere.</summary>
internal sealed class KeeperReplies(NetworkStream stream, CancellationTokenSource gone)
{
    private readonly Lock _gate = new();
    private bool _ended;

    /// <summary>Says a line.</summary>
    public void Line(string text) => Send(new KeeperReply(text));

    /// <summary>Says the last thing.</summary>
    public void End(KeeperReply last)
    {
        Send(last);
        _ended = true;
    }

    /// <summary>Cancels the command when the other side hangs up.</summary>
    public async Task WatchAsync(StreamReader reader)
    {
        try
        {
            await reader.ReadLineAsync(gone.Token);
            if (!_ended)
            {
                await gone.CancelAsync();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is over either way.
        }
    }

    private void Send(KeeperReply reply)
    {
        try
        {
            lock (_gate)
            {
                stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(reply, KeeperReply.Json), (byte)'\n']);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody listens.
        }
    }
}
