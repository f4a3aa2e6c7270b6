using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Relaying.Tests.Harness;

/// <summary>A raw client; every wait fails after a minute.</summary>
public sealed class TestClient : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private TestClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public static async Task<TestClient> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = new CancellationTokenSource(Limit);
        await socket.ConnectAsync(endPoint, deadline.Token);
        return new TestClient(socket);
    }

    public static TestClient Of(Socket socket) => new(socket);

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Limit);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, deadline.Token)..];
        }
    }

    /// <summary>Reads up to and with the empty line, byte by byte so that nothing after it is taken.</summary>
    public async Task<string> ReadHeadAsync()
    {
        using var deadline = new CancellationTokenSource(Limit);
        var text = new StringBuilder();
        var one = new byte[1];
        while (await Socket.ReceiveAsync(one, deadline.Token) == 1)
        {
            text.Append((char)one[0]);
            if (text.Length >= 4 && text[^1] == '\n' && text[^2] == '\r' && text[^3] == '\n')
            {
                break;
            }
        }

        return text.ToString();
    }

    public async Task<string> ReadAsync(int count)
    {
        var buffer = await ReadBytesAsync(count);
        return Encoding.Latin1.GetString(buffer);
    }

    public async Task<byte[]> ReadBytesAsync(int count)
    {
        using var deadline = new CancellationTokenSource(Limit);
        var buffer = new byte[count];
        for (var filled = 0; filled < count;)
        {
            var read = await Socket.ReceiveAsync(buffer.AsMemory(filled), deadline.Token);
            if (read == 0)
            {
                return buffer[..filled];
            }

            filled += read;
        }

        return buffer;
    }

    public async Task<string> ReadToEndAsync()
    {
        using var deadline = new CancellationTokenSource(Limit);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (await Socket.ReceiveAsync(buffer, deadline.Token) is > 0 and var read)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    /// <summary>How the connection ends: true for a reset, false for an orderly end.</summary>
    public async Task<bool> EndsWithResetAsync()
    {
        try
        {
            await ReadToEndAsync();
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return true;
        }
    }

    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();
}
