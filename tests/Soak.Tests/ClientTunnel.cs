using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.Soak.Tests;

/// <summary>One tunnel through the proxy, seen from its client.</summary>
internal sealed class ClientTunnel : IDisposable
{
    private readonly Socket _socket;

    private ClientTunnel(Socket socket) => _socket = socket;

    public static async Task<ClientTunnel> OpenAsync(int proxyPort, int destinationPort, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxyPort), cancellationToken);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"CONNECT 127.0.0.1:{destinationPort} HTTP/1.1\r\nHost: 127.0.0.1:{destinationPort}\r\n\r\n"), cancellationToken);
            var answer = new byte[2048];
            var length = 0;
            while (!answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
            {
                var read = await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken);
                Assert.True(read > 0, $"The proxy closed after: {Encoding.ASCII.GetString(answer, 0, length)}");
                length += read;
            }

            Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
            return new ClientTunnel(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends bytes and expects the very same back.</summary>
    public async Task EchoAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(bytes, cancellationToken);
        var back = new byte[bytes.Length];
        for (var length = 0; length < back.Length;)
        {
            var read = await _socket.ReceiveAsync(back.AsMemory(length), cancellationToken);
            Assert.True(read > 0, "The tunnel ended before all was back.");
            length += read;
        }

        Assert.True(back.AsSpan().SequenceEqual(bytes), "Other bytes came back.");
    }

    /// <summary>Says that no more will come, and waits for the other side to close.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        _socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await _socket.ReceiveAsync(new byte[1], cancellationToken));
        _socket.Dispose();
    }

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
