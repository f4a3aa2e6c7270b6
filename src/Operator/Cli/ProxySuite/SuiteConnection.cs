using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Cli;

/// <summary>A client's connection to the proxy under test, byte by byte in the suite's hand.</summary>
internal sealed class SuiteConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly TimeProvider _clock;
    private byte[] _ahead = [];

    private SuiteConnection(Socket socket, TimeProvider clock) => (_socket, _stream, _clock) = (socket, new NetworkStream(socket, ownsSocket: true), clock);

    /// <summary>The status of the answer; 0 when there was none.</summary>
    public int Status { get; private set; }

    /// <summary>The head of the answer, or what came instead.</summary>
    public string Head { get; private set; } = "";

    public bool Opened => Status is >= 200 and < 300;

    /// <summary>Whether the proxy refused: with a status of 4xx or 5xx, or by closing.</summary>
    public bool Refused => Status >= 400 || (Status == 0 && Ended);

    public bool Ended { get; private set; }

    public bool TimedOut { get; private set; }

    /// <summary>The answer in words.</summary>
    public string Words => Status > 0 ? Head.Split('\r', '\n')[0] : TimedOut ? string.Create(CultureInfo.InvariantCulture, $"no answer within {SuiteSetting.Patience.TotalSeconds:0} s") : Ended ? "closed without an answer" : "nothing";

    public static async Task<SuiteConnection> OpenAsync(HostPort proxy, TimeProvider clock, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(proxy.Host, proxy.Port, cancellationToken);
            return new SuiteConnection(socket, clock);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends; a proxy that has gone already is seen when reading.</summary>
    public async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
        }
        catch (IOException)
        {
            Ended = true;
        }
    }

    /// <summary>Sends until nothing more is taken for two seconds, or so many bytes were. Gives how many were.</summary>
    public async Task<long> SendUntilBlockedAsync(long most, CancellationToken cancellationToken)
    {
        var chunk = new byte[64 * 1024];
        var sent = 0L;
        try
        {
            while (sent < most)
            {
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2), _clock);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
                sent += await _socket.SendAsync(chunk, both.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is held back.
        }
        catch (SocketException)
        {
            Ended = true;
        }

        return sent;
    }

    /// <summary>Reads to the end or until the time is over, and only counts.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        var count = (long)_ahead.Length;
        _ahead = [];
        var buffer = new byte[64 * 1024];
        using var deadline = new CancellationTokenSource(SuiteSetting.Patience, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            for (int read; (read = await _stream.ReadAsync(buffer, both.Token)) > 0;)
            {
                count += read;
            }

            Ended = true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            TimedOut = true;
        }
        catch (IOException)
        {
            // Broken off, which is no orderly end.
        }

        return count;
    }

    public void CloseSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads the final answer's head; interim answers are passed over.</summary>
    public async Task ReadAnswerAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var seen = new List<byte>();
        using var deadline = new CancellationTokenSource(limit, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var text = Encoding.Latin1.GetString(seen.ToArray());
                var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (end >= 0)
                {
                    (Head, Status) = (text[..end], StatusOf(text));
                    seen.RemoveRange(0, end + 4);
                    if (Status is >= 100 and < 200 and not 101)
                    {
                        continue;
                    }

                    _ahead = [.. seen];
                    return;
                }

                var read = seen.Count > 128 * 1024 ? 0 : await _stream.ReadAsync(buffer, both.Token);
                if (read == 0)
                {
                    (Head, Ended) = (text, true);
                    return;
                }

                seen.AddRange(buffer.AsSpan(0, read));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            TimedOut = true;
        }
        catch (IOException)
        {
            Ended = true;
        }
    }

    /// <summary>Reads tunnel bytes until so many came or the tunnel ended or the time was over.</summary>
    public async Task<string> ReadAsync(int count, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var seen = new StringBuilder(Encoding.Latin1.GetString(_ahead));
        _ahead = [];
        using var deadline = new CancellationTokenSource(limit ?? SuiteSetting.Patience, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var buffer = new byte[16 * 1024];
        try
        {
            while (seen.Length < count)
            {
                var read = await _stream.ReadAsync(buffer, both.Token);
                if (read == 0)
                {
                    Ended = true;
                    break;
                }

                seen.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            TimedOut = true;
        }
        catch (IOException)
        {
            Ended = true;
        }

        return seen.ToString();
    }

    /// <summary>Whether what is sent comes back.</summary>
    public async Task<bool> EchoesAsync(string text, CancellationToken cancellationToken)
    {
        await SendAsync(text, cancellationToken);
        return await ReadAsync(text.Length, cancellationToken) == text;
    }

    /// <summary>Whether the proxy ends the connection in time.</summary>
    public async Task<bool> EndsAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await ReadAsync(int.MaxValue, cancellationToken, limit);
        return Ended;
    }

    /// <summary>Leaves with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public async ValueTask DisposeAsync() => await _stream.DisposeAsync();

    private static int StatusOf(string text) =>
        text.StartsWith("HTTP/", StringComparison.Ordinal) && text.Split(' ', 3) is [_, { Length: >= 3 } status, ..] && int.TryParse(status.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
